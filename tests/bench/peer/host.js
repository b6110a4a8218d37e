// node host.js FOLDER MAILS
// The peer as its README hosts it, with a row for each hit, on the disk when it is answered. Writes the addresses of
// so many pixels into FOLDER/pixels, a line each, then says on which port it listens.
"use strict";
const { writeFileSync } = require("node:fs");
const { DatabaseSync } = require("node:sqlite");
const express = require("express");
const jwt = require("jsonwebtoken");
const { expressApp } = require("nodemailer-mail-tracking");

const [folder, mails] = process.argv.slice(2);
const jwtSecret = "secret";

const database = new DatabaseSync(`${folder}/peer.sqlite3`);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec("CREATE TABLE hit (id INTEGER PRIMARY KEY, time REAL, kind TEXT, recipient TEXT, link TEXT)");
const insert = database.prepare("INSERT INTO hit (time, kind, recipient, link) VALUES (?, ?, ?, ?)");
const keep = (kind) => (data) => insert.run(Date.now() / 1000, kind, data.recipient, data.link ?? null);

const pixels = Array.from({ length: Number(mails) }, (_, number) => {
  return `/blank-image/${jwt.sign({ recipient: `ann${number}@example.com` }, jwtSecret, { expiresIn: "1y" })}\n`;
});
writeFileSync(`${folder}/pixels`, pixels.join(""));

const app = express();
app.use(expressApp({ jwtSecret, onBlankImageView: keep("open"), onLinkClick: keep("click") }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
