"""Posts events to webhooks. Each gets them in order, and a slow one delays no other."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.jobs.post import TIMEOUT_SECONDS, PostError, post
from sealbreak_server.model.webhook import SIGNATURE_HEADER, signature
from sealbreak_server.model.webhook_templates import post_body
from sealbreak_server.services import Services
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.events.webhook_deliveries import Delivery, Webhook

POLL_SECONDS = 1.0
CONCURRENCY = 16
"""Webhooks that are posted to at the same time."""
CLAIM_SECONDS = TIMEOUT_SECONDS + 5.0
"""How long one post claims a webhook. If the server dies, another one posts after this time."""

log = logging.getLogger(__name__)


async def deliver_webhooks(services: Services) -> None:
    """Runs until it is cancelled. It polls, because other processes add deliveries too."""
    busy: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            busy = {name: task for name, task in busy.items() if not task.done()}
            for name in await _due(services):
                if name not in busy and len(busy) < CONCURRENCY:
                    busy[name] = asyncio.create_task(_try_to_deliver(services, name))
    finally:
        for task in busy.values():
            task.cancel()
        await asyncio.gather(*busy.values(), return_exceptions=True)


async def _due(services: Services) -> list[str]:
    try:
        return await services.storage.read(
            webhook_deliveries.due, services.clock(), 2 * CONCURRENCY
        )
    except UnavailableError:
        return []


async def _try_to_deliver(services: Services, name: str) -> None:
    try:
        await deliver(services, name)
    except UnavailableError:
        log.warning("the deliveries of a webhook cannot be read; they are retried")
    except Exception:
        log.exception("posting to a webhook failed unexpectedly")


async def deliver(services: Services, name: str) -> None:
    """Posts the waiting events of this webhook, until one post fails."""
    storage, clock = services.storage, services.clock
    claimed = await storage.write(webhook_deliveries.claim, name, clock(), clock() + CLAIM_SECONDS)
    if claimed is None:
        return
    webhook, first = claimed
    waiting: Delivery | None = first
    while waiting is not None:
        problem, status = await _post(services, webhook, waiting)
        services.counts.webhook_posts[not problem] += 1
        if problem:
            if await storage.write(webhook_deliveries.failed, webhook, problem, status, clock()):
                log.error("a webhook is disabled: %s (`sealbreak-server webhooks`)", problem)
            return
        until = clock() + CLAIM_SECONDS
        waiting = await storage.write(webhook_deliveries.delivered, name, waiting.number, until)


async def _post(services: Services, webhook: Webhook, waiting: Delivery) -> tuple[str, int | None]:
    """The problem, empty when there is none, and the status of the answer, if one was needed."""
    text = post_body(webhook.template, waiting.body)
    if text is None:
        return "", None
    body = text.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sealbreak",
        SIGNATURE_HEADER: signature(webhook.secret, int(services.clock()), body),
    }
    try:
        status = await post(webhook.url, headers, body, services.settings.webhook_networks)
    except PostError as error:
        return error.message, None
    return ("" if 200 <= status < 300 else f"it answered with {status}"), status
