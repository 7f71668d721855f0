// Reads the document and builds its page.

function startPage() {
  const report = JSON.parse(document.getElementById('document').textContent);
  const {page, update} = report.kind === 'sweep' ? sweepPage(report) :
      report.views                               ? comparisonPage(report) :
                                                   runPage(report);
  document.getElementById('page').replaceChildren(...page);
  update();  // charts measure their boxes, so they are drawn when these stand in the page
  followViewer();
}
