from __future__ import annotations

from sclerograph.findings.records import Interval, VisitFinding, VisitHand
from sclerograph.reports.visit_table import VisitRow, from_other_films


def test_only_what_other_films_add_is_listed() -> None:
    hand = VisitHand(
        side="L",
        sources=["s2", "s1"],
        findings=[
            VisitFinding(finding="joint space", place="DIP2", unit="mm", value=1.2, source="s2", assessable=True),
            VisitFinding(
                finding="flexion",
                place="4",
                unit="degrees",
                value=31.2,
                interval=Interval(low=26.0, high=36.5),
                source="s1",
                assessable=True,
            ),
            VisitFinding(finding="joint space", place="DIP3", unit="mm", assessable=False, reason="hidden"),
            VisitFinding(finding="narrowing", place="RC", unit="grade", value=2, source="s1", assessable=True),
        ],
        deposits=[],
    )
    assert from_other_films(hand) == [
        VisitRow("Flexion", "ring finger", "31 degrees", "26 to 36", "s1"),
        VisitRow("Narrowing", "RC, radiocarpal joint", "2", "", "s1"),
    ]
