"""Where mailboxes are."""

import pytest
from sealbreak_server.classification.evidence.providers import provider_of


@pytest.mark.parametrize(
    ("domain", "mx", "expected"),
    [
        ("gmail.com", "", "google"),
        ("Outlook.DE", "", "microsoft"),
        ("yahoo.co.uk", "", "yahoo"),
        ("yahoo.com.br", "", "yahoo"),
        ("yahoo.co.jp", "", "yahoo-japan"),
        ("icloud.com", "", "apple"),
        ("acme.example", "aspmx.l.google.com", "google"),
        ("acme.example", "acme-example.mail.protection.outlook.com.", "microsoft"),
    ],
)
def test_a_known_domain_or_mail_server_names_its_provider(
    domain: str, mx: str, expected: str
) -> None:
    found = provider_of(domain, mx)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    ("domain", "mx"),
    [
        ("acme.example", ""),
        ("", ""),
        ("outlook", ""),
        ("yahoo.example.com", ""),
        ("mail.gmail.com.evil.example", ""),
        ("acme.example", "mx1-us1.ppe-hosted.com"),
        ("acme.example", "eu-smtp-inbound-1.mimecast.com"),
        ("acme.example", "mx.acme.example"),
        ("acme.example", "notgoogle.com"),
    ],
)
def test_of_own_domains_and_behind_filters_nothing_is_known(domain: str, mx: str) -> None:
    assert provider_of(domain, mx) is None
