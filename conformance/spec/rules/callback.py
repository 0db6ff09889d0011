"""Task callback."""

from __future__ import annotations

from conformance.spec.rules.model import rule

RULES = (
    rule(
        "CB.sent",
        "After the job has completed the service POSTs to the callback address.",
        *("CBK-01", "CBK-07", "CBK-08"),
    ),
    rule("CB.format=XML", "XML is the default.", "CBK-02"),
    rule(
        "CB.format=JSON", "JSON has the same names, JobsDetail an array, leaves strings.", "CBK-03"
    ),
    rule("CB.Response", "Response is the root of the XML.", "CBK-02"),
    rule("CB.Response.EventName", "EventName tells what happened.", "CBK-04"),
    rule("CB.Response.EventName=TaskFinish", "EventName is TaskFinish.", "CBK-04"),
    rule(
        "CB.Response.JobsDetail",
        "JobsDetail is the job in its final state.",
        *("CBK-05", "CBK-08"),
    ),
    rule(
        "CB.Response.JobsDetail.Operation.PicProcessResult",
        "Its PicProcessResult has a shape of its own.",
        *("CBK-05", "STA-11"),
    ),
    *(
        rule(
            f"CB.Response.JobsDetail.Operation.PicProcessResult.{path}",
            f"{path.rpartition('.')[2]} is part of that shape.",
            *("CBK-05", "STA-11"),
        )
        for path in (
            "ObjectName",
            "OriginalInfo",
            "OriginalInfo.Etag",
            "OriginalInfo.ImageInfo",
            "OriginalInfo.ImageInfo.Ave",
            "OriginalInfo.ImageInfo.Format",
            "OriginalInfo.ImageInfo.Height",
            "OriginalInfo.ImageInfo.Orientation",
            "OriginalInfo.ImageInfo.Quality",
            "OriginalInfo.ImageInfo.Width",
            "ProcessResult",
            "ProcessResult.Etag",
            "ProcessResult.Format",
            "ProcessResult.Height",
            "ProcessResult.Quality",
            "ProcessResult.Size",
            "ProcessResult.Width",
        )
    ),
    rule(
        "CB.workflow",
        "Jobs that a workflow started add Input.CosHeaders and Workflow.",
        reason="The suite starts no workflow; seen elsewhere, the nodes are taken for what they "
        "are (errata E9).",
    ),
)
