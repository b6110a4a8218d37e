"""The rules in the order in which they are tried. The first rule that answers decides.

Rules name their sources in brackets: [S] stated by an operator or a large sender, [O] observed in
logs, [C] found in the code of others, [J] our own decision. A name with a number is an issue there.
"""

from sealbreak_server.classification.rules.behaviour import (
    burst,
    fan_out,
    hidden_link,
    repeat,
    scanner_nearby,
)
from sealbreak_server.classification.rules.origins import (
    apple_relay,
    company_gateway,
    datacenter,
    exchange_online,
    mail_filter,
    mail_network,
    residential,
    scanner_network,
    vpn,
)
from sealbreak_server.classification.rules.outcomes import (
    Rule,
)
from sealbreak_server.classification.rules.programs import (
    contradiction,
    malformed,
    named_machine,
    not_a_read,
    signed_agent,
    speculative_load,
)
from sealbreak_server.classification.rules.proxies import (
    apple_privacy,
    gmail_prefetch,
    gmail_proxy,
    other_proxy,
    yahoo_proxy,
)
from sealbreak_server.classification.rules.sender import (
    before_sending,
    own_click,
    sender_address,
    sender_viewing,
    shared_proxy,
)
from sealbreak_server.classification.rules.threads import reply_prefetch, thread_view

RULES: tuple[Rule, ...] = (
    own_click,
    speculative_load,
    not_a_read,
    signed_agent,
    before_sending,
    sender_address,
    sender_viewing,
    shared_proxy,
    gmail_prefetch,
    reply_prefetch,
    thread_view,
    gmail_proxy,
    yahoo_proxy,
    other_proxy,
    apple_privacy,
    named_machine,
    hidden_link,
    burst,
    fan_out,
    scanner_nearby,
    malformed,
    mail_filter,
    scanner_network,
    exchange_online,
    mail_network,
    repeat,
    contradiction,
    company_gateway,
    apple_relay,
    datacenter,
    vpn,
    residential,
)
"""The last one, `residential`, always answers."""
