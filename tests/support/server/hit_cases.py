"""Hits labelled by hand, before any rule was run on them, in the schema of hits-sample.README.md.

One line each: name | kind | headers | agent | address | seconds after the send | expected |
context. Agents and networks come from public sources; the rest is made up. `expected` is
`actor via`, with `/` between answers that are both right; a reader's flags follow from the path
unless it ends in `no-device` or `no-place`.
"""

import json
from collections.abc import Iterator
from typing import Any

AGENTS = {
    "gip": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)",
    "gip-old": "(via ggpht.com GoogleImageProxy)",
    "pre": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
    "sampling": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Gmail-content-sampling",
    "edge12": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246",
    "ymp": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "bare": "Mozilla/5.0",
    "chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "chrome-old": "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/79.0.3945.79 Safari/537.36",
    "chrome35": "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/35.0.1916.114 Safari/537.36",
    "chrome22": "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.4 (KHTML, like Gecko) "
    "Chrome/22.0.1229.94 Safari/537.4",
    "mac-chrome": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36",
    "samsung": "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) AppleWebKit/537.36 (KHTML, like "
    "Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "webview": "Mozilla/5.0 (Linux; Android 13; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "cubot": "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/113.0.0.0 Mobile Safari/537.36",
    "m-bot": "Mozilla/5.0 (Linux; Android 7.0; M bot 54) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/78.0.3904.96 Mobile Safari/537.36",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "firefox-win": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 "
    "Firefox/133.0",
    "edge": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Safari/605.1.15",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "ios-mail": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148",
    "ipad-mail": "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148",
    "mac-mail": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko)",
    "instagram": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Instagram 330.0.3.29.109 (iPhone14,5; iOS 17_5; de_DE)",
    "outlook": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
    "ms-office": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; "
    ".NET4.0C; .NET4.0E; Microsoft Outlook 16.0.10396; ms-office; MSOffice 16)",
    "mac-outlook": "MacOutlook/16.89.24091630 (Intelx64 Mac OS X 14.6.1 (Build 23G93))",
    "outlook-ios": "Outlook-iOS/718.9130.prod.iphone (4.2440.0)",
    "outlook-android": "Outlook-Android/2.0",
    "tbird": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 "
    "Thunderbird/128.4.0",
    "em-client": "eMClient/10.1.4588.0",
    "lotus": "Mozilla/4.0 (compatible; Lotus-Notes/6.0; Windows-NT)",
    "ie8": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "ie6": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
    "office-probe": "Microsoft Office Existence Discovery",
    "imessage": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like "
    "Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "googlebot": "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/130.0.6723.58 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
    "+http://www.google.com/bot.html)",
    "uptimerobot": "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "pingdom": "Mozilla/5.0 (compatible; Pingdom.com_bot_version_1.4_(http://www.pingdom.com/))",
    "headless": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/120.0.6099.28 Safari/537.36",
    "frontapp": "Mozilla/5.0 (FrontApp.com ImageProxy)",
    "ukrnet": "Mozilla/5.0 (via secureurl.fwdcdn.com - mail.ukr.net proxy)",
    "superhuman": "Superhuman",
    "chrome-126": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/126.0.0.0 Safari/537.36",
    "linux-chrome": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "firefox-95": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:95.0) Gecko/20100101 Firefox/95.0",
    "firefox-89": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:89.0) Gecko/20100101 Firefox/89.0",
    "wkhtmltopdf": "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/602.1 (KHTML, like Gecko) "
    "wkhtmltopdf Version/10.0 Safari/602.1",
    "webkit-gtk": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Safari/605.1.15",
    "facebook-app": "Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) "
    "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.179 Mobile "
    "Safari/537.36 MetaIAB Facebook",
    "facebook-ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/22G100 Safari/604.1 MetaIAB Facebook",
    "camscanner": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 CamScanner/6.60.0",
    "vs-code": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Code/1.95.3 Chrome/128.0.6613.186 Electron/32.2.1 Safari/537.36",
    "notion": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Notion/4.2.0 Chrome/130.0.6723.191 Electron/33.3.2 Safari/537.36",
    "slack-app": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Slack/4.41.105 Chrome/130.0.6723.191 Electron/33.2.1 Safari/537.36 Sonic "
    "Slack_SSB/4.41.105",
    "whatsapp-app": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    "Gecko) WhatsApp/2.2412.54 Chrome/114.0.5735.289 Electron/25.9.8 Safari/537.36",
    "viber-ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 LinkPreview Viber/22.3.0",
    "electron-bot": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "AcmeBot/1.2 Chrome/128.0.0.0 Electron/32.2.1 Safari/537.36 (+https://acme.example/bot)",
    "headless-app": "Mozilla/5.0 (Linux; Android 13; Pixel 6; wv) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Version/4.0 HeadlessChrome/120.0.0.0 Mobile Safari/537.36",
    "cypress": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Cypress/13.6.0 Chrome/114.0.5735.289 Electron/25.8.4 Safari/537.36",
    "kmail": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) KMail/6.2.3 "
    "QtWebEngine/6.7.2 Chrome/118.0.5993.220 Safari/537.36",
    "falkon": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Falkon/23.08.4 QtWebEngine/5.15.14 Chrome/87.0.4280.144 Safari/537.36",
    "qt-web-engine": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "QtWebEngine/5.15.13 Chrome/87.0.4280.144 Safari/537.36",
    "long": "Mozilla/5.0 " + "A" * 3000,
    "control": "Mozilla/5.0 (Windows NT 10.0\x00\x01)",
    "-": "",
}

_IMAGE = {"accept": "image/avif,image/webp,image/png,*/*;q=0.8", "accept-encoding": "gzip, br"}
_PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "gzip, br"}
_FETCH = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}
_SECURE = {"upgrade-insecure-requests": "1"}
_LANGUAGE = {"accept-language": "de-DE,de;q=0.9,en;q=0.8"}


def _brands(version: str, system: str) -> dict[str, str]:
    """Chrome's client hints."""
    return {
        "sec-ch-ua": f'"Google Chrome";v="{version}", "Chromium";v="{version}", '
        '"Not_A Brand";v="24"',
        "sec-ch-ua-mobile": "?1" if system == "Android" else "?0",
        "sec-ch-ua-platform": f'"{system}"',
    }


PROFILES: dict[str, dict[str, str]] = {
    "none": {},
    "bot": {"accept": "*/*", "accept-encoding": "gzip, deflate"},
    "page": _PAGE | _FETCH | _SECURE | _LANGUAGE,
    "image": _IMAGE | _LANGUAGE | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    "mail": {"accept": "*/*", "accept-language": "en-us"},
    "quiet": _IMAGE,
    "language": {"accept-language": "fr-FR,fr;q=0.9"},
    "empty-language": {"accept": "*/*", "accept-language": ""},
    "safelinks": _PAGE
    | _FETCH
    | _LANGUAGE
    | {"referer": "https://nam12.safelinks.protection.outlook.com/"},
    "zscaler-via": _PAGE | _FETCH | _LANGUAGE | {"via": "1.1 zscaler"},
    "squid": _PAGE | _FETCH | _LANGUAGE | {"via": "1.1 proxy.example.com (squid/5.7)"},
    "forged": _PAGE
    | _FETCH
    | _LANGUAGE
    | {"x-forwarded-for": "66.249.84.5", "x-real-ip": "17.1.2.3"},
    "forged-bot": {"accept": "*/*", "x-forwarded-for": "66.249.84.5"},
    "upper": {"Accept": "*/*", "ACCEPT-LANGUAGE": "pt-BR"},
    "no-fetch": _PAGE | _SECURE | _LANGUAGE,
    "no-fetch-image": _IMAGE | _LANGUAGE,
    "no-language": _PAGE | _FETCH | _SECURE,
    "star": {"accept": "*/*"} | _LANGUAGE,
    "chrome-131": _PAGE | _FETCH | _SECURE | _LANGUAGE | _brands("131", "Windows"),
    "chrome-126": _PAGE | _FETCH | _SECURE | _LANGUAGE | _brands("126", "Windows"),
    "chrome-124": _PAGE | _FETCH | _SECURE | _LANGUAGE | _brands("124", "Windows"),
    "on-linux": _PAGE | _FETCH | _SECURE | _LANGUAGE | _brands("131", "Linux"),
    "on-android": _PAGE | _FETCH | _SECURE | _LANGUAGE | _brands("131", "Android"),
    "headless": _PAGE
    | _FETCH
    | _LANGUAGE
    | {"sec-ch-ua": '"HeadlessChrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"'},
    "signed": _PAGE
    | _FETCH
    | _LANGUAGE
    | {
        "signature-agent": '"https://chatgpt.com"',
        "signature-input": 'sig1=("@authority" "signature-agent");created=1760000000;'
        'keyid="x";alg="ed25519";tag="web-bot-auth"',
    },
    "signed-input": _PAGE
    | _FETCH
    | _LANGUAGE
    | {"signature-input": 'sig1=("@authority");created=1760000000;tag="web-bot-auth"'},
    "signed-otherwise": _PAGE
    | _FETCH
    | _LANGUAGE
    | {"signature-input": 'sig1=("@method");created=1760000000;keyid="company-proxy"'},
    "sec-purpose": _PAGE | _LANGUAGE | {"sec-purpose": "prefetch;prerender"},
    "purpose": _PAGE | _LANGUAGE | {"Purpose": "prefetch"},
    "x-purpose": _PAGE | _LANGUAGE | {"X-Purpose": "preview"},
    "x-moz": _PAGE | _LANGUAGE | {"X-Moz": "prefetch"},
}
_AT_HOME = {"direct"}
_OWN_PROGRAM = {"direct", "vpn", "corporate-proxy", "apple-relay"}


def _expected(text: str) -> dict[str, Any]:
    actors, vias, *hidden = text.split()
    actor, *actor_also = actors.split("/")
    via, *via_also = vias.split("/")
    human = actor == "human"
    return {
        "actor": actor,
        "via": via,
        "actor_also": actor_also,
        "via_also": via_also,
        "device_known": human and via in _OWN_PROGRAM and "no-device" not in hidden,
        "location_known": human and via in _AT_HOME and "no-place" not in hidden,
    }


def cases(table: str) -> Iterator[dict[str, Any]]:
    for line in table.strip().splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, headers, agent, ip, after, expected, *rest = line.split(" | ")
        kind, _, method = kind.partition(" ")
        text = AGENTS.get(agent, agent)
        yield {
            "id": name,
            "kind": kind,
            "method": method or "GET",
            "headers": PROFILES[headers] | ({"User-Agent": text} if text else {}),
            "ip": ip,
            "seconds_after_send": None if after == "?" else float(after),
            "context": json.loads(rest[0]) if rest else {},
            "expected": _expected(expected),
        }
