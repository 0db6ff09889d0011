"""Request signature: its steps, in the page's order."""

from __future__ import annotations

from conformance.spec.rules.model import rule

RULES = (
    rule(
        "G.hashes",
        "Hashes are SHA-1 and HMAC-SHA1 over UTF-8, in lower-case hex.",
        *("SIG-07", "SIG-08", "SIG-37"),
    ),
    rule(
        "G.UrlEncode",
        "UrlEncode escapes every byte but letters, digits, - _ . and ~, in upper-case hex.",
        *("SIG-06", "SIG-08", "SIG-23", "SIG-25"),
    ),
    rule(
        "G.KeyTime",
        "KeyTime is start;end in Unix seconds.",
        *("SIG-03", "SIG-43", "SIG-45"),
    ),
    rule(
        "G.KeyTime.window",
        "The signature is valid from start to end.",
        *("SIG-04", "SIG-10", "SIG-35", "SIG-36", "SIG-45", "LIB-08"),
    ),
    rule(
        "G.SignKey",
        "SignKey is the HMAC of KeyTime under the SecretKey.",
        *("SIG-08", "SIG-20", "SIG-33", "SIG-43"),
    ),
    rule(
        "G.HttpParameters",
        "HttpParameters are the URL parameters, keys escaped and lower-cased, sorted; a missing "
        "value is empty.",
        *("SIG-08", "SIG-11", "SIG-23", "SIG-39"),
    ),
    rule(
        "G.UrlParamList",
        "UrlParamList are their keys in the same order.",
        *("SIG-06", "SIG-39"),
    ),
    rule(
        "G.HttpHeaders",
        "HttpHeaders are the headers that the client chooses to sign, treated likewise.",
        *("SIG-08", "SIG-09", "SIG-20", "SIG-21", "SIG-25", "SIG-38"),
    ),
    rule("G.HeaderList", "HeaderList are their keys in the same order.", "SIG-05", "SIG-41"),
    rule(
        "G.HttpString",
        "HttpString is the method in lower case, the decoded path, parameters and headers.",
        *("SIG-08", "SIG-38", "SIG-39", "SIG-40"),
    ),
    rule(
        "G.StringToSign",
        "StringToSign is the algorithm, KeyTime and the hash of HttpString.",
        *("SIG-02", "SIG-08", "SIG-37"),
    ),
    rule(
        "G.Signature",
        "Signature is the HMAC of StringToSign under the hex text of SignKey.",
        *("SIG-07", "SIG-08", "SIG-33", "SIG-42"),
    ),
    rule(
        "G.parameters",
        "The signature travels as seven parameters.",
        *("SIG-01", "SIG-31", "SIG-32"),
    ),
    rule(
        "G.parameters=q-sign-algorithm", "q-sign-algorithm is sha1.", "SIG-02", "SIG-32", "SIG-37"
    ),
    rule("G.parameters=q-ak", "q-ak is the SecretId.", "SIG-08", "SIG-32", "SIG-34"),
    rule(
        "G.parameters=q-sign-time",
        "q-sign-time is KeyTime.",
        *("SIG-03", "SIG-32", "SIG-45"),
    ),
    rule(
        "G.parameters=q-key-time",
        "q-key-time is KeyTime.",
        *("SIG-03", "SIG-32", "SIG-43", "SIG-45"),
    ),
    rule(
        "G.parameters=q-header-list",
        "q-header-list is HeaderList.",
        *("SIG-05", "SIG-32", "SIG-41"),
    ),
    rule(
        "G.parameters=q-url-param-list",
        "q-url-param-list is UrlParamList.",
        *("SIG-06", "SIG-32", "SIG-39"),
    ),
    rule(
        "G.parameters=q-signature",
        "q-signature is Signature.",
        *("SIG-07", "SIG-08", "SIG-32", "SIG-42"),
    ),
    rule("G.carried.header", "They are carried in Authorization …", "HTTP-07", "SIG-20"),
    rule(
        "G.carried.url",
        "… or as URL parameters, each value escaped.",
        *("HTTP-01", "HTTP-07", "SIG-24"),
    ),
    rule(
        "G.token",
        "With temporary credentials the token goes into a header, or beside the signature in the "
        "URL.",
        *("HTTP-08", "SIG-26", "SIG-44"),
    ),
    rule(
        "G.examples",
        "Two worked examples show every step.",
        reason="They show how to compute a signature, not what a request has to be; "
        "tests/spec/test_signature.py computes both.",
    ),
)
