from pathlib import Path

import pytest
from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.classification.evidence import data_files
from sealbreak_server.classification.evidence.data_files import (
    COUNTRY,
    build_prefixes,
    find,
    install,
    missing,
)
from support.server.classification import RESIDENTIAL, facts

EGRESS_ROWS = "".join(f"104.28.{n}.0/24,DE,DE-BE,Berlin,\n" for n in range(120))


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(data_files, "installed_folder", lambda: tmp_path / "installed")
    monkeypatch.setattr(data_files, "fetched_folder", lambda: tmp_path / "fetched")
    return tmp_path


def test_without_any_fetched_file_readers_are_judged_and_the_country_is_unknown(
    nothing_installed: Path,
) -> None:
    verdict = Classifier.load(nothing_installed).classify(facts("firefox", RESIDENTIAL))
    assert (verdict.via, verdict.location_known, verdict.country) == ("direct", True, None)


def test_each_missing_file_is_said_with_what_to_do(nothing_installed: Path) -> None:
    said = list(missing(nothing_installed))
    assert len(said) == 2
    assert all("sealbreak-server data" in sentence for sentence in said)


def test_an_installed_list_of_apples_is_used(nothing_installed: Path) -> None:
    source = nothing_installed / "egress-ip-ranges.csv"
    source.write_text(EGRESS_ROWS)
    install("apple", source, nothing_installed)
    classifier = Classifier.load(nothing_installed)
    assert classifier.classify(facts("iphone", "104.28.42.17")).via == "apple-relay"
    assert classifier.classify(facts("iphone", "104.28.200.17")).via == "vpn"


def test_the_owners_folder_comes_before_what_set_up_fetched(nothing_installed: Path) -> None:
    for folder in ("fetched", "own"):
        (nothing_installed / folder).mkdir()
        (nothing_installed / folder / COUNTRY).touch()
    own = nothing_installed / "own"
    assert find(COUNTRY, own) == own / COUNTRY
    assert find(COUNTRY, None) == nothing_installed / "fetched" / COUNTRY


@pytest.mark.parametrize(
    ("kind", "text"),
    [("country", "no database"), ("apple", "1.2.3.0/24\n"), ("apple", EGRESS_ROWS + "oops\n")],
)
def test_a_file_that_is_not_what_it_should_be_replaces_nothing(
    nothing_installed: Path, kind: str, text: str
) -> None:
    source = nothing_installed / "file"
    source.write_text(text)
    with pytest.raises(ValueError, match=r"."):
        install(kind, source, nothing_installed / "own")
    assert not (nothing_installed / "own").exists()


def test_the_table_of_prefixes_holds_the_named_systems_joined(tmp_path: Path) -> None:
    owners, rows = tmp_path / "owners.tsv", tmp_path / "asn.csv"
    owners.write_text("# comment\n64500\tcloud\t\tExample\n")
    rows.write_text(
        '192.0.2.0,192.0.2.127,64500,"Example, Inc."\n192.0.2.128,192.0.2.255,64500,x\n'
        "198.51.100.0,198.51.100.255,64501,y\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64500,x\n"
    )
    table = build_prefixes(owners, [rows]).splitlines()
    assert table[1:] == ["64500\t192.0.2.0/24 2001:db8::/32"]


def test_a_file_in_a_folder_that_cannot_be_entered_is_not_there(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_file = Path.is_file

    def refusing(path: Path) -> bool:
        if path.is_relative_to(nothing_installed / "installed"):
            raise PermissionError
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refusing)
    (nothing_installed / "fetched").mkdir()
    (nothing_installed / "fetched" / COUNTRY).touch()
    assert find(COUNTRY, None) == nothing_installed / "fetched" / COUNTRY
