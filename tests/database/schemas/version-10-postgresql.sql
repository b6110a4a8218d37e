-- What version 10 made on PostgreSQL, with the data of version-10.sql.
CREATE FUNCTION public.pass_on_news() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('sealbreak', NEW.owner);
    RETURN NULL;
END $$;
CREATE TABLE public.account (
    id integer NOT NULL,
    owner character varying(8) NOT NULL,
    name text NOT NULL,
    created_at double precision NOT NULL,
    last_event integer NOT NULL,
    device_changes integer NOT NULL,
    wish_changes integer NOT NULL,
    erasures integer NOT NULL
);
CREATE SEQUENCE public.account_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.account_id_seq OWNED BY public.account.id;
CREATE TABLE public.copy (
    message character varying(16) NOT NULL,
    copy integer NOT NULL,
    opened_at double precision,
    event integer,
    hot_at double precision
);
CREATE TABLE public.counter (
    name character varying(16) NOT NULL,
    value bigint NOT NULL
);
CREATE TABLE public.delivery (
    webhook_id character varying(16) NOT NULL,
    number integer NOT NULL
);
CREATE TABLE public.device (
    id character varying(16) NOT NULL,
    account_id integer NOT NULL,
    name text NOT NULL,
    kind character varying(16) NOT NULL,
    token_hash character varying(64) NOT NULL,
    created_at double precision NOT NULL,
    seen_at double precision NOT NULL,
    revoked_at double precision
);
CREATE TABLE public.event (
    account_id integer NOT NULL,
    number integer NOT NULL,
    message character varying(16) NOT NULL,
    created_at double precision NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.hit (
    id bigint NOT NULL,
    owner character varying(8) NOT NULL,
    message character varying(16) NOT NULL,
    copy integer NOT NULL,
    kind character varying(8) NOT NULL,
    link integer,
    "time" double precision NOT NULL,
    method text NOT NULL,
    address text NOT NULL,
    headers text NOT NULL,
    own_click boolean NOT NULL
);
CREATE TABLE public.hit_count (
    message character varying(16) NOT NULL,
    kind character varying(8) NOT NULL,
    copy integer NOT NULL,
    link integer NOT NULL,
    actor character varying(8) NOT NULL,
    hits integer NOT NULL,
    counted integer NOT NULL
);
CREATE TABLE public.judgement (
    hit_id bigint NOT NULL,
    message character varying(16) NOT NULL,
    actor character varying(8) NOT NULL,
    via text NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    device text,
    country character varying(2),
    network text,
    device_known boolean NOT NULL,
    location_known boolean NOT NULL,
    sure boolean NOT NULL,
    rules integer NOT NULL,
    counted boolean NOT NULL,
    due double precision,
    event integer
);
CREATE TABLE public.link (
    message_id character varying(16) NOT NULL,
    n integer NOT NULL,
    url text NOT NULL,
    hidden boolean NOT NULL
);
CREATE TABLE public.message (
    id character varying(16) NOT NULL,
    account_id integer NOT NULL,
    registered_at double precision NOT NULL,
    sent_at double precision NOT NULL,
    scheduled_for double precision,
    subject text NOT NULL,
    people text NOT NULL,
    level character varying(8) NOT NULL,
    draft_id text,
    thread_id text,
    gmail_message_id text,
    gmail_thread_id text,
    gmail_account text,
    pixel boolean NOT NULL,
    opens integer NOT NULL,
    clicks integer NOT NULL,
    machines integer NOT NULL,
    unclear integer NOT NULL,
    own integer NOT NULL,
    apple integer NOT NULL,
    first_opened_at double precision,
    last_event_at double precision
);
CREATE TABLE public.muted_message (
    message_id character varying(16) NOT NULL
);
CREATE TABLE public.muted_recipient (
    account_id integer NOT NULL,
    address text NOT NULL
);
CREATE TABLE public.opt_out (
    message character varying(16) NOT NULL,
    copy integer NOT NULL,
    "time" double precision NOT NULL
);
CREATE TABLE public.own_address (
    account_id integer NOT NULL,
    address text NOT NULL,
    seen_at double precision NOT NULL
);
CREATE TABLE public.pairing (
    code_hash character varying(64) NOT NULL,
    account_id integer NOT NULL,
    expires_at double precision NOT NULL
);
CREATE TABLE public.preference (
    account_id integer NOT NULL,
    alerts text NOT NULL,
    snoozed_until double precision,
    read_up_to integer NOT NULL,
    digest_at double precision NOT NULL
);
CREATE TABLE public.recipient (
    message_id character varying(16) NOT NULL,
    "position" integer NOT NULL,
    address text NOT NULL,
    name text,
    kind character varying(3) NOT NULL,
    copy integer NOT NULL
);
CREATE TABLE public.reminder (
    message character varying(16) NOT NULL,
    copy integer NOT NULL,
    told_at double precision NOT NULL
);
CREATE TABLE public.session (
    token_hash character varying(64) NOT NULL,
    device_id character varying(16) NOT NULL,
    expires_at double precision NOT NULL
);
CREATE TABLE public.sign_in (
    code_hash character varying(64) NOT NULL,
    device_id character varying(16) NOT NULL,
    path text NOT NULL,
    expires_at double precision NOT NULL
);
CREATE TABLE public.spooled_batch (
    id character varying(32) NOT NULL,
    taken_at double precision NOT NULL
);
CREATE TABLE public.total (
    account_id integer NOT NULL,
    name character varying(16) NOT NULL,
    at integer NOT NULL,
    count integer NOT NULL
);
CREATE TABLE public.view (
    message character varying(16) NOT NULL,
    "time" double precision NOT NULL
);
CREATE TABLE public.webhook (
    id character varying(16) NOT NULL,
    account_id integer NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    created_at double precision NOT NULL,
    try_at double precision NOT NULL,
    failures integer NOT NULL,
    failing_since double precision,
    problem text,
    disabled_at double precision
);
ALTER TABLE ONLY public.account ALTER COLUMN id SET DEFAULT nextval('public.account_id_seq'::regclass);
INSERT INTO public.account VALUES (1, 'aaaabbbb', 'Ann', 1767605400.25, 2, 0, 3, 0);
INSERT INTO public.copy VALUES ('abcdefghijklmnop', 0, 1767609000.25, 1, NULL);
INSERT INTO public.counter VALUES ('schema', 10);
INSERT INTO public.counter VALUES ('hit', 3);
INSERT INTO public.delivery VALUES ('wwwwwwwwwwwwwwww', 2);
INSERT INTO public.device VALUES ('qzrcngqgogb7gkzn', 1, 'Chrome on Linux', 'extension', 'cfb460f22d515020b816bc821e27d4d5c6dc0949c97c6054f6a8cca05eb14ea7', 1767605400.25, 1767605400.25, NULL);
INSERT INTO public.event VALUES (1, 1, 'abcdefghijklmnop', 1767612700.25, '{"version":1,"number":1,"kind":"opened","time":"2026-01-05T10:30:00.250Z","message":{"id":"abcdefghijklmnop","subject":"Offer 12","recipients":[{"address":"ben@example.com","name":"Ben","kind":"to","copy":0},{"address":"cleo@example.com","name":null,"kind":"cc","copy":1}]},"copy":0,"link":null,"hit":1,"corrects":null,"verdict":{"actor":"human","via":"gmail-proxy","reason":"gmail_proxy","device":null,"country":null,"network":"Google","device_known":false,"location_known":false,"sentence":"Opened, through Gmail","evidence":["The address is one of Google''s."],"rules":1}}');
INSERT INTO public.event VALUES (1, 2, 'abcdefghijklmnop', 1767612700.25, '{"version":1,"number":2,"kind":"clicked","time":"2026-01-05T11:30:00.250Z","message":{"id":"abcdefghijklmnop","subject":"Offer 12","recipients":[{"address":"ben@example.com","name":"Ben","kind":"to","copy":0},{"address":"cleo@example.com","name":null,"kind":"cc","copy":1}]},"copy":1,"link":{"n":1,"url":"https://example.com/offer"},"hit":2,"corrects":null,"verdict":{"actor":"human","via":"gmail-proxy","reason":"gmail_proxy","device":null,"country":null,"network":"Google","device_known":false,"location_known":false,"sentence":"Followed a link through Gmail, by cleo@example.com","evidence":["The address is one of Google''s."],"rules":1}}');
INSERT INTO public.hit VALUES (1, 'aaaabbbb', 'abcdefghijklmnop', 0, 'open', NULL, 1767609000.25, 'GET', '66.249.84.1', '[["user-agent","Mozilla/5.0 (via ggpht.com GoogleImageProxy)"]]', false);
INSERT INTO public.hit VALUES (2, 'aaaabbbb', 'abcdefghijklmnop', 1, 'click', 1, 1767612600.25, 'GET', '192.0.2.7', '[["user-agent","Mozilla/5.0 (via ggpht.com GoogleImageProxy)"]]', false);
INSERT INTO public.hit VALUES (3, 'aaaabbbb', 'qrstuvwxyz234567', 0, 'open', NULL, 1767612700.25, 'GET', '192.0.2.7', '[["user-agent","Mozilla/5.0 (via ggpht.com GoogleImageProxy)"]]', false);
INSERT INTO public.hit_count VALUES ('abcdefghijklmnop', 'click', 1, 1, 'human', 1, 1);
INSERT INTO public.hit_count VALUES ('abcdefghijklmnop', 'open', 0, 0, 'human', 1, 1);
INSERT INTO public.judgement VALUES (1, 'abcdefghijklmnop', 'human', 'gmail-proxy', 'gmail_proxy', '["The address is one of Google''s."]', NULL, NULL, 'Google', false, false, true, 1, true, NULL, 1);
INSERT INTO public.judgement VALUES (2, 'abcdefghijklmnop', 'human', 'gmail-proxy', 'gmail_proxy', '["The address is one of Google''s."]', NULL, NULL, 'Google', false, false, true, 1, true, NULL, 2);
INSERT INTO public.link VALUES ('abcdefghijklmnop', 1, 'https://example.com/offer', false);
INSERT INTO public.message VALUES ('abcdefghijklmnop', 1, 1767605400.25, 1767605400.25, NULL, 'Offer 12', 'offer 12
ben ben@example.com
 cleo@example.com', 'full', 'msg-a:r1', 'thread-a:r1', '18c', '18c', 'ann@example.com', true, 1, 1, 0, 0, 0, 0, 1767609000.25, 1767612600.25);
INSERT INTO public.muted_message VALUES ('abcdefghijklmnop');
INSERT INTO public.muted_recipient VALUES (1, 'cleo@example.com');
INSERT INTO public.opt_out VALUES ('abcdefghijklmnop', 1, 1767613400.25);
INSERT INTO public.own_address VALUES (1, '192.0.2.1', 1767613400.25);
INSERT INTO public.preference VALUES (1, '{"digest":true}', NULL, 1, 1767613400.25);
INSERT INTO public.recipient VALUES ('abcdefghijklmnop', 0, 'ben@example.com', 'Ben', 'to', 0);
INSERT INTO public.recipient VALUES ('abcdefghijklmnop', 1, 'cleo@example.com', NULL, 'cc', 1);
INSERT INTO public.reminder VALUES ('abcdefghijklmnop', 1, 1767613400.25);
INSERT INTO public.spooled_batch VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1767613400.25);
INSERT INTO public.total VALUES (1, 'is-all', 0, 1);
INSERT INTO public.total VALUES (1, 'is-clicked', 0, 1);
INSERT INTO public.total VALUES (1, 'is-opened', 0, 1);
INSERT INTO public.total VALUES (1, 'opens', 1964010, 1);
INSERT INTO public.total VALUES (1, 'sent', 20458, 1);
INSERT INTO public.total VALUES (1, 'wait-2', 20458, 1);
INSERT INTO public.total VALUES (1, 'is-muted', 0, 1);
INSERT INTO public.view VALUES ('abcdefghijklmnop', 1767613400.25);
INSERT INTO public.webhook VALUES ('wwwwwwwwwwwwwwww', 1, 'https://example.com/hook', 'sesame', 1767613400.25, 0, 0, NULL, NULL, NULL);
SELECT pg_catalog.setval('public.account_id_seq', 1, true);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.copy
    ADD CONSTRAINT copy_pkey PRIMARY KEY (message, copy);
ALTER TABLE ONLY public.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (webhook_id, number);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (account_id, number);
ALTER TABLE ONLY public.hit_count
    ADD CONSTRAINT hit_count_pkey PRIMARY KEY (message, kind, copy, link, actor);
ALTER TABLE ONLY public.hit
    ADD CONSTRAINT hit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.judgement
    ADD CONSTRAINT judgement_pkey PRIMARY KEY (hit_id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (message_id, n);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.muted_message
    ADD CONSTRAINT muted_message_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.muted_recipient
    ADD CONSTRAINT muted_recipient_pkey PRIMARY KEY (account_id, address);
ALTER TABLE ONLY public.opt_out
    ADD CONSTRAINT opt_out_pkey PRIMARY KEY (message, copy);
ALTER TABLE ONLY public.own_address
    ADD CONSTRAINT own_address_pkey PRIMARY KEY (account_id, address);
ALTER TABLE ONLY public.pairing
    ADD CONSTRAINT pairing_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT preference_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.recipient
    ADD CONSTRAINT recipient_pkey PRIMARY KEY (message_id, "position");
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_pkey PRIMARY KEY (message, copy);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT sign_in_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.spooled_batch
    ADD CONSTRAINT spooled_batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.total
    ADD CONSTRAINT total_pkey PRIMARY KEY (account_id, name, at);
ALTER TABLE ONLY public.view
    ADD CONSTRAINT view_pkey PRIMARY KEY (message, "time");
ALTER TABLE ONLY public.webhook
    ADD CONSTRAINT webhook_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX account_owner ON public.account USING btree (owner);
CREATE INDEX delivery_webhook_id ON public.delivery USING btree (webhook_id);
CREATE INDEX device_account_id ON public.device USING btree (account_id);
CREATE UNIQUE INDEX device_token_hash ON public.device USING btree (token_hash);
CREATE INDEX event_account_id ON public.event USING btree (account_id);
CREATE INDEX event_created_at ON public.event USING btree (created_at);
CREATE INDEX event_message ON public.event USING btree (message);
CREATE INDEX hit_evidence ON public.hit USING btree ("time") WHERE (headers <> '[]'::text);
CREATE INDEX hit_message_time ON public.hit USING btree (message, "time");
CREATE INDEX hit_time ON public.hit USING btree ("time");
CREATE INDEX judgement_due ON public.judgement USING btree (due) WHERE (due IS NOT NULL);
CREATE INDEX judgement_message_counted_actor ON public.judgement USING btree (message, counted, actor);
CREATE INDEX link_message_id ON public.link USING btree (message_id);
CREATE INDEX message_account_id_gmail_thread_id ON public.message USING btree (account_id, gmail_thread_id);
CREATE INDEX message_account_id_opens_sent_at_id ON public.message USING btree (account_id, opens, sent_at, id);
CREATE INDEX message_account_id_sent_at_id ON public.message USING btree (account_id, sent_at, id);
CREATE INDEX message_account_id_thread_id ON public.message USING btree (account_id, thread_id);
CREATE INDEX message_activity ON public.message USING btree (account_id, COALESCE(last_event_at, sent_at), id);
CREATE INDEX message_clicked ON public.message USING btree (account_id, sent_at, id) WHERE (clicks > 0);
CREATE INDEX message_only_machines ON public.message USING btree (account_id, sent_at, id) WHERE (((opens + clicks) = 0) AND (machines > 0));
CREATE INDEX message_opened ON public.message USING btree (account_id, sent_at, id) WHERE (opens <> 0);
CREATE INDEX message_own ON public.message USING btree (account_id, sent_at, id) WHERE (own > 0);
CREATE INDEX message_sent_at ON public.message USING btree (sent_at);
CREATE INDEX message_unclear ON public.message USING btree (account_id, sent_at, id) WHERE (unclear > 0);
CREATE INDEX message_unread ON public.message USING btree (account_id, sent_at, id) WHERE ((opens + clicks) = 0);
CREATE INDEX muted_recipient_account_id ON public.muted_recipient USING btree (account_id);
CREATE INDEX own_address_account_id ON public.own_address USING btree (account_id);
CREATE INDEX own_address_seen_at ON public.own_address USING btree (seen_at);
CREATE INDEX pairing_account_id ON public.pairing USING btree (account_id);
CREATE INDEX pairing_expires_at ON public.pairing USING btree (expires_at);
CREATE INDEX recipient_message_id ON public.recipient USING btree (message_id);
CREATE INDEX recipient_person ON public.recipient USING btree (lower(address), message_id);
CREATE INDEX session_device_id ON public.session USING btree (device_id);
CREATE INDEX session_expires_at ON public.session USING btree (expires_at);
CREATE INDEX sign_in_device_id ON public.sign_in USING btree (device_id);
CREATE INDEX sign_in_expires_at ON public.sign_in USING btree (expires_at);
CREATE INDEX spooled_batch_taken_at ON public.spooled_batch USING btree (taken_at);
CREATE INDEX total_account_id ON public.total USING btree (account_id);
CREATE INDEX view_time ON public.view USING btree ("time");
CREATE INDEX webhook_account_id ON public.webhook USING btree (account_id);
CREATE TRIGGER news AFTER UPDATE OF last_event, device_changes, wish_changes, erasures ON public.account FOR EACH ROW EXECUTE FUNCTION public.pass_on_news();
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhook(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.judgement
    ADD CONSTRAINT judgement_hit_id_fkey FOREIGN KEY (hit_id) REFERENCES public.hit(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.muted_message
    ADD CONSTRAINT muted_message_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.muted_recipient
    ADD CONSTRAINT muted_recipient_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.own_address
    ADD CONSTRAINT own_address_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pairing
    ADD CONSTRAINT pairing_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT preference_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recipient
    ADD CONSTRAINT recipient_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.device(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT sign_in_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.device(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.total
    ADD CONSTRAINT total_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook
    ADD CONSTRAINT webhook_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;
