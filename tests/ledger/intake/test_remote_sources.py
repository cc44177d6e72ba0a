"""Sources that are not on this machine: folders, files and patterns behind URLs, and what is told of them."""

import functools
import http.server
import threading
from urllib.parse import quote

import fsspec
import pytest
from test_kinds import HEADER, ONE, TWO, ids, mapping_of

from auditlib.core.errors import InputError
from auditlib.core.message import told
from auditlib.ledger.intake.profile import profile
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.remote import RemoteSource, plain_url, source_of

FILES = {"cases-01.csv": HEADER + ONE, "cases-02.csv": HEADER + TWO}


@pytest.fixture
def bucket():
    """A folder of monthly files in fsspec's memory; gives a function that adds some, and is empty after a test."""
    system = fsspec.filesystem("memory")

    def put(files):
        for name, content in files.items():
            system.pipe(f"/exports/{name}", content.encode())
        return "memory://exports"

    yield put
    if system.exists("/exports"):
        system.rm("/exports", recursive=True)


def local(folder, files):
    for name, content in files.items():
        file = folder / "src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder / "src"


def said(intake):
    return [(doubt.kind, told(doubt.message, "en"), doubt.count, doubt.file) for doubt in intake.doubts]


@pytest.mark.parametrize("ending", ["", "/", "/cases-*.csv"])
def test_a_remote_folder_of_monthly_files_is_taken_as_the_same_folder_here(tmp_path, bucket, ending):
    url = bucket(FILES)
    taken = take_in([source_of(url + ending)], mapping_of(tmp_path))
    here = take_in([local(tmp_path, FILES)], mapping_of(tmp_path))
    assert ids(taken) == ids(here) == ["A001", "A002"]
    assert taken.snapshot == here.snapshot
    assert [table.label for table in taken.tables] == [table.label for table in here.tables]


def test_what_a_pattern_passes_over_and_what_is_doubtful_is_told_by_url(tmp_path, bucket):
    bad = ONE.replace("A001", "NULL")
    files = {"cases-01.csv": (HEADER + ONE + bad).replace(",", ";"), "old/cases-00.csv": HEADER, "~$cases.csv": ""}
    url = bucket(files)
    taken = take_in([source_of(url)], mapping_of(tmp_path))
    here = take_in([source := local(tmp_path, files)], mapping_of(tmp_path))
    expected = [tuple(str(part).replace(str(source), url) for part in doubt) for doubt in said(here)]
    assert [tuple(map(str, doubt)) for doubt in said(taken)] == expected
    assert any("memory://exports/old/cases-00.csv" in text for _, text, _, _ in said(taken))
    assert taken.rejects.equals(here.rejects)
    assert str(profile(taken)).replace(url, str(source)) == str(profile(here))


def test_only_what_is_taken_is_copied(tmp_path, bucket, monkeypatch):
    copied, plain = [], RemoteSource.copy
    monkeypatch.setattr(
        RemoteSource, "copy", lambda self, place, target: (copied.append(place), plain(self, place, target))
    )
    take_in([source_of(bucket(FILES | {"notes.csv": "x", "old/cases.csv": "y"}))], mapping_of(tmp_path))
    assert copied == ["/exports/cases-01.csv", "/exports/cases-02.csv"]  # once, for two registers


def test_a_fault_of_a_remote_file_names_its_url_and_no_folder_of_this_machine(tmp_path, bucket):
    url = bucket({"cases-01.csv": HEADER + 'A001,"东区\n', "cases-02.csv": ""})
    with pytest.raises(InputError) as caught:
        take_in([source_of(url)], mapping_of(tmp_path))
    assert [problem.file for problem in caught.value.problems] == [f"{url}/cases-01.csv", f"{url}/cases-02.csv"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("memory://nowhere/x.csv", "memory://nowhere/x.csv: no such file or folder"),
        ("memory://nowhere/*.csv", "memory://nowhere/*.csv: found no file there"),
        (
            "nothing://user:geheim@nowhere/x.csv?sig=geheim",
            "nothing://nowhere/x.csv: found none of the stores that are read",
        ),
        ("dask://user:geheim@127.0.0.1:1/x.csv", "dask://127.0.0.1:1/x.csv: found none of the stores that are read"),
        ("http://user:geheim@127.0.0.1:1/x.csv?sig=geheim", "http://127.0.0.1:1/x.csv: "),
        ("http://user:geheim@[::1]:1/x.csv?sig=geheim", "http://[::1]:1/x.csv: cannot be read"),
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_its_secrets(tmp_path, url, message):
    with pytest.raises(InputError) as caught:
        take_in([source_of(url)], mapping_of(tmp_path))
    assert message in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.fixture
def web(tmp_path):
    """A web server on the loopback address that shows a folder."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(
        quiet, directory=str(local(tmp_path, {"cases-一月.csv": HEADER + ONE, "cases-2.csv": HEADER + TWO}))
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_files_of_a_web_server_are_taken_one_by_one_or_by_their_folder(tmp_path, web):
    here = take_in([tmp_path / "src"], mapping_of(tmp_path))
    assert take_in([source_of(f"{web}/")], mapping_of(tmp_path)).snapshot == here.snapshot
    both = [source_of(f"{web}/{quote('cases-一月.csv')}?signature=x"), source_of(f"{web}/cases-2.csv")]
    taken = take_in(both, mapping_of(tmp_path))
    assert taken.snapshot == here.snapshot
    assert [table.label for table in taken.tables][:2] == ["cases-一月.csv", "cases-2.csv"]
    with pytest.raises(InputError, match=r"/cases-3.csv: no such file or folder"):
        take_in([source_of(f"{web}/cases-3.csv")], mapping_of(tmp_path))


def test_a_url_is_told_without_user_password_and_signature():
    told = {
        "s3://bucket/a@b.csv": "s3://bucket/a@b.csv", "https://u:p@host:8443/a/b.csv?sig=p#p": "https://host:8443/a/b.csv",
        "https://u:p/p@host/x.csv": "https://host/x.csv", "http://[::1]:80/x": "http://[::1]:80/x", "memory://": "memory://",
    }  # fmt: skip
    assert {url: plain_url(url) for url in told} == told


def test_a_pattern_of_this_machine_is_looked_up_where_no_shell_did(tmp_path):
    folder = local(tmp_path, FILES | {"cases-[1].csv": HEADER})
    assert ids(take_in([folder / "cases-0*.csv"], mapping_of(tmp_path))) == ["A001", "A002"]
    assert ids(take_in([folder / "cases-[1].csv"], mapping_of(tmp_path))) == []
    with pytest.raises(InputError, match="no such file or folder"):
        take_in([folder / "other-*.csv"], mapping_of(tmp_path))
