"""A stand-in for mail.google.com, and browsers with the extension that use it.

with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
    with Browser(gmail, folder) as browser:
        browser.pair(tracker.address, tracker.pairing_code())
        tab = browser.open()
        tab.send("ben@example.com", "Offer", "<p>Hello</p>")
        mail = gmail.mails(1)[0]
"""
