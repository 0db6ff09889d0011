"""Structures: CallBackMqConfig, and UploadResult."""

from __future__ import annotations

from conformance.spec.rules.model import rule

_REGIONS = ("sh", "bj", "gz", "cd", "hk")

_MQ = (
    rule("ST.CallBackMqConfig.MqRegion", "MqRegion is required: the region.", "REQ-16", "REQ-17"),
    *(
        rule(f"ST.CallBackMqConfig.MqRegion={each}", f"MqRegion may be {each}.", "REQ-17")
        for each in _REGIONS
    ),
    rule("ST.CallBackMqConfig.MqMode", "MqMode is required: the way.", "REQ-16", "REQ-17"),
    rule("ST.CallBackMqConfig.MqMode=Topic", "MqMode may be Topic.", "REQ-17"),
    rule("ST.CallBackMqConfig.MqMode=Queue", "MqMode may be Queue.", "REQ-17"),
    rule(
        "ST.CallBackMqConfig.MqMode.default",
        "The default of MqMode is Queue.",
        reason="MqMode is required as well, and what is required has no default (errata E23).",
    ),
    rule("ST.CallBackMqConfig.MqName", "MqName is required: the name of the topic.", "REQ-16"),
    rule(
        "ST.PicProcess",
        "PicProcess is as in CreateMediaTemplate: IsPicInfo and ProcessRule.",
        "REQ-26",
    ),
)

_UPLOAD = (
    rule("U.UploadResult", "UploadResult holds the original and what was made.", "STA-11"),
    rule("U.UploadResult.OriginalInfo", "OriginalInfo tells of the original.", "STA-11"),
    rule("U.UploadResult.OriginalInfo.Key", "Key, a String.", "STA-11"),
    rule("U.UploadResult.OriginalInfo.Location", "Location, a String.", "STA-11"),
    rule("U.UploadResult.OriginalInfo.ImageInfo", "ImageInfo tells of the image.", "STA-11"),
    rule("U.UploadResult.OriginalInfo.ImageInfo.Format", "Format, a String.", "STA-11"),
    *(
        rule(
            f"U.UploadResult.OriginalInfo.ImageInfo.{name}",
            f"{name}, an Int.",
            *("STA-11", "STA-12"),
        )
        for name in ("Width", "Height", "Quality", "Orientation")
    ),
    rule(
        "U.UploadResult.OriginalInfo.ImageInfo.Ave",
        "Ave, a String such as 0xa18454.",
        *("STA-11", "STA-12"),
    ),
    rule("U.UploadResult.ProcessResults", "ProcessResults holds what was made.", "STA-11"),
    rule("U.UploadResult.ProcessResults.Object", "Object, one for each image.", "STA-11"),
    *(
        rule(f"U.UploadResult.ProcessResults.Object.{name}", f"{name}, a String.", "STA-11")
        for name in ("Key", "Location", "Format")
    ),
    *(
        rule(
            f"U.UploadResult.ProcessResults.Object.{name}",
            f"{name}, an Int.",
            *("STA-11", "STA-12"),
        )
        for name in ("Width", "Height", "Size", "Quality")
    ),
)

RULES = _MQ + _UPLOAD
