#include "sim/run/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>

#include "sim/base/errors.h"
#include "sim/run/config/effective_config.h"
#include "sim/run/sweep/design.h"
#include "sim/run/sweep/evaluate.h"
#include "sim/run/sweep/nsga2.h"
#include "sim/run/sweep/question.h"
#include "sim/run/sweep/rules.h"
#include "sim/run/workers.h"

namespace lnsim {
namespace {

class Sweep {
 public:
  Sweep(const SweepFile& file, ResultStore& store, const SweepOptions& options, const SweepProgress& progress)
      : file_(file),
        store_(store),
        options_(options),
        progress_(progress),
        base_(read_yaml(file.base)),
        inputs_(read_inputs(file)),
        evaluator_(inputs_, store),
        workers_(worker_count(options.jobs)) {
    run_.sweep = stored_sweep(file, inputs_);
    store.add_sweep(run_.sweep);
    for (SweepPoint& point : store.points(run_.sweep.id)) known_.emplace(point.number, std::move(point));
  }

  SweepRun run() {
    run_reference();
    forget_simulated();
    for (std::size_t i = 0; i < workers_; ++i) rules_.emplace_back(run_.sweep.question, reference_metrics());
    if (file_.search.kind == SearchKind::nsga2) {
      run_nsga2();
    } else {
      std::vector<std::uint64_t> numbers = searched_numbers(file_);
      const auto [index, count] = options_.shard;
      const std::uint64_t size = numbers.size();
      run_points(std::span(numbers).subspan(size * index / count,
                                            size * (index + 1) / count - size * index / count));
    }
    if (estimates() && options_.shard.count == 1) simulate_front();
    store_.flush();
    store_.show(run_.sweep);
    return std::move(run_);
  }

 private:
  bool estimates() const { return file_.search.simulate == Simulated::front; }

  const Metrics& reference_metrics() const {
    static const Metrics kNone{};
    return reference_ ? reference_->result.metrics : kNone;
  }

  void run_reference() {
    if (!file_.reference) return;
    const auto known = known_.find(kReferencePoint);
    if (known == known_.end()) {
      const RunConfig config = sweep_config(file_, read_yaml(*file_.reference), *file_.reference);
      reference_ = SweepPoint{kReferencePoint, nlohmann::ordered_json::object(), effective_config(config),
                              evaluator_.evaluate(config, file_.reference->parent_path(), Timing::simulated)};
      store_.add_point(run_.sweep.id, *reference_);
    } else {
      reference_ = known->second;
    }
    const std::string& error = reference_->result.error;
    if (!error.empty())
      throw UserError(Diagnostic{{file_.path.string()}, "reference", error, "a machine that runs"});
  }

  // Runs those of the numbers that are not known.
  void run_points(std::span<const std::uint64_t> numbers) {
    std::vector<std::uint64_t> todo;
    for (const std::uint64_t number : numbers)
      if (!known_.contains(static_cast<std::int64_t>(number))) todo.push_back(number);
    in_parallel(todo, [&](std::size_t worker, std::uint64_t number) {
      std::optional<SweepPoint> point = run_point(number, rules_[worker]);
      const std::lock_guard lock(mutex_);
      if (point) {
        ++run_.run;
        known_.emplace(point->number, std::move(*point));
      } else {
        ++run_.left_out;
      }
      progress_(++done_, total_);
    });
  }

  void in_parallel(std::span<const std::uint64_t> numbers,
                   const std::function<void(std::size_t worker, std::uint64_t number)>& run) {
    total_ += numbers.size();
    std::vector<std::size_t> order(numbers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    run_tasks(order, workers_, [&](std::size_t worker, std::size_t task) { run(worker, numbers[task]); });
  }

  // Nothing for a point that the constraints leave out.
  std::optional<SweepPoint> run_point(std::uint64_t number, SweepRules& rules) {
    const Design design = design_of(file_, number);
    SweepPoint point;
    point.number = static_cast<std::int64_t>(number);
    point.parameters = design_parameters(file_, design);
    point.estimated = estimates();
    try {
      const YamlDocument document = design_document(file_, base_, design);
      // Constraints may be what keeps values apart that do not go together.
      if (!rules.allows(effective_config(run_config_values(document)))) return std::nullopt;
      const RunConfig config = sweep_config(file_, document, file_.base);
      point.config = effective_config(config);
      point.result = evaluate(config, point.estimated ? Timing::estimated : Timing::simulated);
    } catch (const UserError& error) {
      point.config = nlohmann::ordered_json::object();
      point.result.error = error.what();
    }
    store_.add_point(run_.sweep.id, point);
    return point;
  }

  SweepResult evaluate(const RunConfig& config, Timing timing) {
    return evaluator_.evaluate(config, file_.base.parent_path(), timing);
  }

  RunConfig config_of(std::int64_t number) const {
    const Design design = design_of(file_, static_cast<std::uint64_t>(number));
    return sweep_config(file_, design_document(file_, base_, design), file_.base);
  }

  // Where an earlier run has simulated points, which are still in the store: a search goes by estimates, and
  // margins grow in the same steps, whether it was interrupted or not.
  void forget_simulated() {
    if (!estimates()) return;
    for (auto& [number, point] : known_) {
      if (number == kReferencePoint || point.estimated) continue;
      simulated_before_.insert(number);
      point.estimated = true;
      point.result = evaluate(config_of(number), Timing::estimated);
    }
  }

  void simulate_front() {
    for (std::vector<std::uint64_t> near = near_front(); !near.empty(); near = near_front()) {
      in_parallel(near, [&](std::size_t, std::uint64_t number) {
        const SweepResult result = evaluate(config_of(static_cast<std::int64_t>(number)), Timing::simulated);
        const std::lock_guard lock(mutex_);
        SweepPoint& point = known_.at(static_cast<std::int64_t>(number));
        const SweepPoint estimate = point;
        point.estimated = false;
        point.result = result;
        store_.add_point(run_.sweep.id, point);
        run_.estimates.add(estimate, point, rules_.front());
        if (!simulated_before_.contains(point.number)) ++run_.simulated;
        progress_(++done_, total_);
      });
    }
  }

  // Estimated points that may be on the front.
  std::vector<std::uint64_t> near_front() {
    SweepRules& rules = rules_.front();
    std::vector<Goals> all;
    for (const auto& [number, point] : known_) {
      if (number == kReferencePoint) continue;
      if (auto goals = rules.goals(point)) all.push_back(std::move(*goals));
    }
    const std::vector<bool> is_first = first_front(all);
    std::vector<Goals> front;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (is_first[i]) front.push_back(std::move(all[i]));
    const EstimateMargins margins =
        file_.search.margin ? rules.equal_margins(*file_.search.margin) : run_.estimates.margins();
    std::vector<std::uint64_t> near;
    for (const auto& [number, point] : known_) {
      if (!point.estimated) continue;
      const auto best = rules.best_goals(point, margins);
      const auto beats = [&](const Goals& goals) { return dominates(goals, *best); };
      if (best && std::none_of(front.begin(), front.end(), beats))
        near.push_back(static_cast<std::uint64_t>(number));
    }
    return near;
  }

  void run_nsga2() {
    std::vector<std::uint64_t> sizes;
    for (const SweepAxis& axis : file_.axes) sizes.push_back(axis.size());
    const Nsga2Options options{file_.search.population, file_.search.generations, file_.search.seed};
    search_nsga2(sizes, options, [&](std::span<const Design> designs) {
      std::vector<std::uint64_t> numbers;
      for (const Design& design : designs) numbers.push_back(number_of(file_, design));
      run_points(numbers);
      std::vector<std::optional<Goals>> goals;
      for (const std::uint64_t number : numbers) {
        const auto known = known_.find(static_cast<std::int64_t>(number));
        goals.push_back(known == known_.end() ? std::nullopt : rules_.front().goals(known->second));
      }
      return goals;
    });
  }

  const SweepFile& file_;
  ResultStore& store_;
  const SweepOptions& options_;
  const SweepProgress& progress_;
  const YamlDocument base_;
  const SweepInputs inputs_;
  Evaluator evaluator_;
  std::size_t workers_;
  std::vector<SweepRules> rules_;  // by worker
  SweepRun run_;
  std::optional<SweepPoint> reference_;
  std::mutex mutex_;
  std::map<std::int64_t, SweepPoint> known_;
  std::set<std::int64_t> simulated_before_;
  std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace

SweepRun run_sweep(const SweepFile& sweep, ResultStore& store, const SweepOptions& options,
                   const SweepProgress& progress) {
  if (options.shard.count > 1 && sweep.search.kind == SearchKind::nsga2) {
    throw UserError(Diagnostic{{sweep.path.string()},
                               "search.kind",
                               "nsga2, in shards",
                               "grid or random: the points of nsga2 follow from each other"});
  }
  return Sweep(sweep, store, options, progress).run();
}

}  // namespace lnsim
