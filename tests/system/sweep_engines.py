"""A sweep that is killed, run by MPI, or run by Slurm gives the database of one that is run at once."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SOURCE = Path(sys.argv.pop(1)).resolve()
PROGRAM = Path(sys.argv.pop(1)).resolve()

SWEEP = f"""
name: engines
base: {SOURCE}/configs/accelerators/lns-madam.yaml
traces: [{SOURCE}/traces/digits-cnn.jsonl]
axes:
  - {{path: dram.latency_cycles, from: 80, to: {{latency}}, step: 1}}
  - {{path: datapath.table_entries, values: [1, 4, 16]}}
objectives: [{{minimise: energy_pj}}]
"""


def content(database):
    """Every row of every table."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("result", "sweep", "point")}


def rows(database, table):
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # not there yet


class Sweep(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lnsim-sweep-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def sweep_file(self, latency):
        path = self.folder / "engines.yaml"
        path.write_text(SWEEP.replace("{latency}", str(latency)))
        return path

    def run_sweep(self, *arguments, **options):
        subprocess.run([PROGRAM, "sweep", *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL,
                       timeout=120, **options)

class Processes(Sweep):
    def test_a_killed_sweep_loses_nothing_that_was_written_and_goes_on(self):
        sweep = self.sweep_file(280)
        self.run_sweep(sweep, "--db", "whole.db")
        kills = 0
        for share in (0.1, 0.4, 0.7):
            process = subprocess.Popen([PROGRAM, "sweep", sweep, "--db", "killed.db", "--jobs", "1"],
                                       cwd=self.folder, stdout=subprocess.DEVNULL)
            wanted = share * rows(self.folder / "whole.db", "point")
            while process.poll() is None and rows(self.folder / "killed.db", "point") < wanted:
                time.sleep(0.01)
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertGreaterEqual(rows(self.folder / "killed.db", "point"), wanted)
        self.assertGreater(kills, 0, "every run was done before it was killed: the sweep is too short")
        self.run_sweep(sweep, "--db", "killed.db")
        self.assertEqual(content(self.folder / "killed.db"), content(self.folder / "whole.db"))

    def test_processes_that_write_to_one_file_share_it(self):
        sweep = self.sweep_file(120)
        self.run_sweep(sweep, "--db", "whole.db")
        processes = [subprocess.Popen([PROGRAM, "sweep", sweep, "--db", "shared.db", "--jobs", "1", "--shard", f"{i}/3"],
                                      cwd=self.folder, stdout=subprocess.DEVNULL) for i in (1, 2, 3)]
        self.assertEqual([process.wait(timeout=120) for process in processes], [0, 0, 0])
        self.assertEqual(content(self.folder / "shared.db"), content(self.folder / "whole.db"))

    def test_ranks_of_mpi_are_parts(self):
        sweep = self.sweep_file(120)
        self.run_sweep(sweep, "--db", "whole.db")
        subprocess.run(["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "3", PROGRAM, "sweep", sweep,
                        "--shard", "auto", "--jobs", "1"], cwd=self.folder, check=True, timeout=120,
                       stdout=subprocess.DEVNULL)
        parts = sorted(path.name for path in self.folder.glob("engines.*-of-3.db"))
        self.assertEqual(parts, [f"engines.{i}-of-3.db" for i in (1, 2, 3)])
        self.run_sweep(sweep, "--db", "merged.db", "--from", *parts)
        self.assertEqual(content(self.folder / "merged.db"), content(self.folder / "whole.db"))


SLURM_CONF = """
ClusterName=lnsim
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort={port}
SlurmdPort={port2}
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipIf(os.geteuid() != 0, "Slurm's daemons start as root")
class Slurm(Sweep):
    """A cluster of this machine alone: munged, slurmctld and slurmd as plain daemons."""

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        host = socket.gethostname().split(".")[0]
        configuration = self.folder / "slurm.conf"
        configuration.write_text(SLURM_CONF.format(host=host, folder=self.folder, port=free_port(), port2=free_port(),
                                                   cpus=os.cpu_count()))
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.environment = dict(os.environ, SLURM_CONF=str(configuration))
        self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                   f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
                   f"--seed-file={self.folder}/munged.seed")
        self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged's socket")
        self.start("slurmctld", "-D")
        self.start("slurmd", "-D")
        self.wait_for(lambda: "idle" in self.slurm("sinfo", "--noheader", "--format=%T"), "an idle node")

    def start(self, name, *arguments):
        program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
        process = subprocess.Popen([program, *arguments], env=self.environment, cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def slurm(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout

    def wait_for(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in self.folder.glob("*.log"))
                self.fail(f"no {what} in {seconds} s\n{logs}")
            time.sleep(0.1)

    def test_a_job_array_runs_the_parts_and_merges_them(self):
        sweep = self.sweep_file(120)
        self.run_sweep(sweep, "--db", "whole.db")
        script = subprocess.run([PROGRAM, "sweep", sweep, "--slurm", "3"], check=True, capture_output=True, text=True)
        (self.folder / "job.sh").write_text(script.stdout)
        for attempt in ("first", "resumed"):
            subprocess.run(["sh", "job.sh"], env=self.environment, cwd=self.folder, check=True, timeout=60,
                           stdout=subprocess.DEVNULL)
            self.wait_for(lambda: not self.slurm("squeue", "--noheader"), "empty queue")
            merged = self.folder / "engines.db"
            self.assertEqual(content(merged), content(self.folder / "whole.db"), attempt)
            # A part that is gone is run again, the others are known.
            merged.unlink()
            (self.folder / "engines.2-of-3.db").unlink()


if __name__ == "__main__":
    unittest.main()
