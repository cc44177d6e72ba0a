"""A run's manifest in the vocabularies of others.

``ro-crate-metadata.json`` makes the folder of a run a Process Run Crate (Workflow Run RO-Crate 0.5), so that
archives and research tools can read what was made from what. ``attestation.json`` is an in-toto Statement with
a Link predicate, so that supply-chain tools can.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from auditlib.core.errors import InputError
from auditlib.core.guards import text_of
from auditlib.runs.evidence.manifest import Manifest, ReportRecord

__all__ = ["ATTESTATION", "CRATE", "altered_statements", "attestation", "crate"]

CRATE, ATTESTATION = "ro-crate-metadata.json", "attestation.json"
TYPES = {
    ".html": "text/html", ".ipynb": "application/x-ipynb+json", ".json": "application/json", ".csv": "text/csv",
    ".pdf": "application/pdf", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def crate(manifest: Manifest, started: datetime, ended: datetime) -> str:
    """The RO-Crate metadata of a run that lasted from ``started`` to ``ended`` (with their offsets from UTC)."""
    title = manifest.declared().title
    software = [_software(name, version) for name, version in manifest.software.items()]
    library = _id(f"#software/auditlib/{manifest.software['auditlib']}")
    actions = [_action(record, library, started, ended) for record in manifest.reports]
    files = [_file(name, sha256) for name, sha256 in manifest.files.items()]
    materials = [_material(name, sha256) for name, sha256 in manifest.materials.items()]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": "https://w3id.org/ro/wfrun/process/0.5"},
        "name": [{"@value": title.zh, "@language": "zh"}, {"@value": title.en, "@language": "en"}],
        "description": f"Reports of auditlib {manifest.software['auditlib']}",
        "datePublished": ended.isoformat(),
        "hasPart": [{"@id": entity["@id"]} for entity in files],
        "mentions": [{"@id": entity["@id"]} for entity in actions],
    }
    descriptor = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    profile = {"@id": "https://w3id.org/ro/wfrun/process/0.5", "@type": "CreativeWork", "name": "Process Run Crate"}
    graph = [descriptor, root, profile, *software, *materials, *actions, *files]
    return _text({"@context": ["https://w3id.org/ro/crate/1.1/context", _SHA256], "@graph": graph})


def altered_statements(folder: Path, manifest: Manifest) -> list[str]:
    """Which of the two files in the folder of a run are not there, or do not say what its manifest says."""
    altered = []
    for name, said in ((CRATE, _told_again), (ATTESTATION, lambda text, manifest: attestation(manifest))):
        try:
            text = text_of(folder / name)
            same = said(text, manifest) == text
        except (OSError, InputError, ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError):
            same = False
        if not same:
            altered.append(name)
    return altered


def _told_again(text: str, manifest: Manifest) -> str:
    """The RO-Crate of a manifest with the times that stand in ``text``, which no manifest holds."""
    graph = json.loads(text)["@graph"]
    ended = datetime.fromisoformat(next(one for one in graph if one["@id"] == "./")["datePublished"])
    starts = [one["startTime"] for one in graph if "startTime" in one]
    return crate(manifest, datetime.fromisoformat(starts[0]) if starts else ended, ended)


def attestation(manifest: Manifest) -> str:
    """The in-toto Statement of a run: its files as subjects, its materials as what they were made from."""
    return _text(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [_resource(name, sha256) for name, sha256 in manifest.files.items()],
            "predicateType": "https://in-toto.io/attestation/link/v0.3",
            "predicate": {
                "name": manifest.declared().run,
                "command": ["auditlib", "run"],
                "materials": [_resource(name, sha256) for name, sha256 in manifest.materials.items()],
                "byproducts": {},
                "environment": dict(manifest.software),
            },
        }
    )


_SHA256 = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}


def _resource(name: str, sha256: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": sha256}}


def _action(record: ReportRecord, library: str, started: datetime, ended: datetime) -> dict[str, Any]:
    state = "CompletedActionStatus" if record.failure is None else "FailedActionStatus"
    return {
        "@id": _id(f"#report/{record.id}"),
        "@type": "CreateAction",
        "name": f"{record.notebook} {record.id}",
        "instrument": {"@id": library},
        "object": [{"@id": _id(f"#material/{name}")} for name in (f"notebook {record.notebook}", "ledger")],
        "result": [{"@id": _id(name)} for name in record.products],
        "startTime": started.isoformat(),
        "endTime": ended.isoformat(),
        "actionStatus": {"@id": f"http://schema.org/{state}"},
        **({} if record.failure is None else {"error": record.failure}),
    }  # fmt: skip


def _file(name: str, sha256: str) -> dict[str, Any]:
    kind = TYPES.get(name[name.rfind(".") :], "application/octet-stream")
    return {"@id": _id(name), "@type": "File", "encodingFormat": kind, "sha256": sha256}


def _material(name: str, sha256: str) -> dict[str, Any]:
    return {"@id": _id(f"#material/{name}"), "@type": "CreativeWork", "name": name, "sha256": sha256}


def _software(name: str, version: str) -> Mapping[str, Any]:
    return {"@id": _id(f"#software/{name}/{version}"), "@type": "SoftwareApplication", "name": name, "version": version}


def _id(text: str) -> str:
    """``text`` as an IRI: Chinese stays, spaces and what has a meaning of its own are escaped."""
    return "".join(char if char in "#/" or ord(char) > 127 else quote(char) for char in text)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
