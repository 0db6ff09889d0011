"""Protocol conformance suite for Tencent Cloud Infinite's CreatePicJobs API."""

__version__ = "0.1.0"

#: Revision of the vendor's CreatePicJobs page that this version of the suite judges by.
REVISION = "2024-02-27"
