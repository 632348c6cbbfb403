"""JUnit XML, as CI systems read it: a suite for each operator, a case for each check and dtype."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as ET

from ..report import Report, Result
from .failure import Failure, clean, text
from .verdict import verdict


def junit(report: Report) -> str:
    """The XML document."""
    root = ET.Element("testsuites", name="gradspec", time=f"{report.seconds:.3f}")
    for operator, results in groupby(sorted(report.results, key=lambda r: r.operator), lambda r: r.operator):
        root.append(_suite(operator, list(results), report))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(operator: str, results: list[Result], report: Report) -> ET.Element:
    suite = ET.Element("testsuite", name=operator, time=f"{sum(r.seconds for r in results):.3f}")
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", name=name, value=clean(value))
    for result in results:
        suite.append(_case(result, report))
    suite.set("tests", str(len(results)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _properties(report: Report) -> dict[str, str]:
    return {
        "verdict": verdict(report),
        "gradspec": report.suite["version"],
        "backend": report.backend["name"],
        "version": report.backend.get("version", "unknown"),
        "seed": str(report.seed),
        "profile": report.profile,
        **{f"convention {key}": str(value) for key, value in report.conventions.items()},
    }


def _case(result: Result, report: Report) -> ET.Element:
    # The same names as under pytest, so that both can feed one dashboard.
    names = {"classname": f"gradspec.{result.operator}.{result.check}", "name": result.dtype}
    case = ET.Element("testcase", names, time=f"{result.seconds:.3f}")
    told = Failure((result,))
    if result.status in ("failed", "vacuous", "error"):
        tag = "error" if result.status == "error" else "failure"
        kind = result.fault or result.status
        ET.SubElement(case, tag, message=told.short, type=kind).text = text(told, report)
    elif result.status in ("unsupported", "xfailed"):
        ET.SubElement(
            case, "skipped", message=clean(f"{result.status}: {result.message}"), type=result.status
        )
    said = [*result.notes, *(["passed, though expected to fail"] if result.status == "xpassed" else [])]
    if said:
        ET.SubElement(case, "system-out").text = clean("\n".join(said))
    return case
