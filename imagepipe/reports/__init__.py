"""Values to text: plans, findings and outcomes as tables, JSON, annotations. No I/O."""

PLANS = {
    "text": "imagepipe.reports.plantext:render",
    "json": "imagepipe.reports.planjson:render",
}
"""How a plan is written: name → `render(plan, ink) -> str`."""

DIFFS = {
    "text": "imagepipe.reports.difftext:render",
    "markdown": "imagepipe.reports.diffmarkdown:render",
    "json": "imagepipe.reports.diffjson:render",
}
"""How a comparison is written: name → `render(comparison, ink) -> str`."""

FINDINGS = {
    "text": "imagepipe.reports.findingstext:render",
    "json": "imagepipe.reports.findingsjson:render",
    "github": "imagepipe.reports.github:render",
    "sarif": "imagepipe.reports.sarif:render",
}
"""How findings are written: name → `render(findings, ink) -> str`."""
