"""CBK: callbacks, as the receiver at the callback address sees them."""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, Clause, K
from conformance.spec.clauses.sources import CB, INFERRED, P

CLAUSES = (
    Clause(
        "CBK-01",
        K,
        MUST,
        "A finished job whose CallBack is a URL is announced by exactly one POST to that URL.",
        (CB,),
        errata=("E25",),
    ),
    Clause(
        "CBK-02",
        K,
        MUST,
        "With CallBackFormat absent or XML, the callback is an XML document with the root element "
        "Response, sent as application/xml or text/xml.",
        (P, CB),
    ),
    Clause(
        "CBK-03",
        K,
        MUST,
        "With CallBackFormat JSON, the callback is a JSON object of the same names in which "
        "JobsDetail is an array, sent as JSON.",
        (P, CB),
        errata=("E28",),
        note="Leaf values are strings; nodes that the page does not know (E9) are not judged.",
    ),
    Clause("CBK-04", K, MUST, "EventName is TaskFinish.", (CB,)),
    Clause(
        "CBK-05",
        K,
        MUST,
        "JobsDetail is the job in its final state and equals, node by node, what DescribePicJob "
        "gives for it.",
        (CB,),
        errata=("E3", "E28"),
        note="PicProcessResult may have another shape; its values agree where both shapes have "
        "them.",
    ),
    Clause("CBK-06", K, MUST, "With CallBack = no, nothing is sent.", (P,)),
    Clause("CBK-07", K, MUST, "Nothing is sent before the job has finished.", (CB,)),
    Clause("CBK-08", K, SHOULD, "A failed job is announced too, with Code and Message.", (CB,)),
    Clause(
        "CBK-09",
        K,
        SHOULD,
        "A callback that the receiver answered once with a 5xx is tried again.",
        (INFERRED,),
    ),
)
