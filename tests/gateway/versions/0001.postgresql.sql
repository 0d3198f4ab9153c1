CREATE TABLE public.arrival (
    record_row bigint NOT NULL,
    version integer NOT NULL
);
CREATE TABLE public.audit_blob (
    idx bigint NOT NULL,
    sealed bytea NOT NULL,
    wrapped_key bytea NOT NULL
);
CREATE TABLE public.audit_checkpoint (
    size bigint NOT NULL,
    note character varying NOT NULL
);
CREATE TABLE public.audit_entry (
    idx bigint NOT NULL,
    leaf bytea NOT NULL
);
CREATE TABLE public.audit_intent (
    entry_id character varying NOT NULL,
    idx bigint NOT NULL,
    kind character varying NOT NULL,
    at character varying NOT NULL
);
CREATE TABLE public.audit_lease (
    id integer NOT NULL,
    epoch bigint NOT NULL,
    claimed bigint NOT NULL,
    beat bigint NOT NULL,
    held integer NOT NULL,
    CONSTRAINT audit_lease_epoch CHECK ((claimed = epoch))
);
CREATE TABLE public.audit_once (
    key character varying NOT NULL,
    expires bigint NOT NULL
);
CREATE TABLE public.audit_tile (
    level integer NOT NULL,
    idx bigint NOT NULL,
    hashes bytea NOT NULL
);
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    prev bigint NOT NULL,
    root bytea NOT NULL
);
CREATE TABLE public.country (
    record_row bigint NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    property text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.entente_audit (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.entente_oversight (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.entente_quota (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.entente_records (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.entente_sharing (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.entente_witness (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.identifier (
    normal text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    record_row bigint NOT NULL,
    ordinal integer NOT NULL,
    property text NOT NULL COLLATE pg_catalog."C",
    original text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.layout (
    layout integer NOT NULL
);
CREATE SEQUENCE public.layout_layout_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.layout_layout_seq OWNED BY public.layout.layout;
CREATE TABLE public.link (
    end_id text NOT NULL COLLATE pg_catalog."C",
    record_row bigint NOT NULL,
    property text NOT NULL COLLATE pg_catalog."C",
    is_end boolean NOT NULL
);
CREATE TABLE public.name (
    "row" bigint NOT NULL,
    record_row bigint NOT NULL,
    property text NOT NULL COLLATE pg_catalog."C",
    latin text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.name_word (
    word text NOT NULL COLLATE pg_catalog."C",
    name_row bigint NOT NULL
);
CREATE TABLE public.oversight_erasure (
    id character varying NOT NULL,
    log character varying NOT NULL,
    ranges character varying NOT NULL,
    reason character varying NOT NULL,
    proposer character varying NOT NULL,
    proposed_at bigint NOT NULL,
    approver character varying NOT NULL,
    approved_at bigint NOT NULL,
    state character varying NOT NULL
);
CREATE TABLE public.oversight_finding (
    number integer NOT NULL,
    id character varying NOT NULL,
    rule character varying NOT NULL,
    rank integer NOT NULL,
    at character varying NOT NULL,
    indexes character varying NOT NULL,
    request character varying NOT NULL,
    query_id character varying NOT NULL,
    asker character varying NOT NULL,
    partner character varying NOT NULL,
    text character varying NOT NULL,
    state character varying NOT NULL,
    reason character varying NOT NULL,
    changed_by character varying NOT NULL,
    changed_at character varying NOT NULL
);
CREATE SEQUENCE public.oversight_finding_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.oversight_finding_number_seq OWNED BY public.oversight_finding.number;
CREATE TABLE public.oversight_grown (
    id integer NOT NULL,
    size bigint NOT NULL,
    nodes bytea NOT NULL
);
CREATE SEQUENCE public.oversight_grown_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.oversight_grown_id_seq OWNED BY public.oversight_grown.id;
CREATE TABLE public.oversight_hold (
    case_digest character varying NOT NULL,
    by character varying NOT NULL,
    since bigint NOT NULL
);
CREATE TABLE public.oversight_leaf (
    index bigint NOT NULL,
    leaf_hash character varying NOT NULL,
    kind character varying NOT NULL,
    operation character varying NOT NULL,
    at character varying NOT NULL,
    at_ms bigint NOT NULL,
    entry_id character varying NOT NULL,
    intent character varying NOT NULL,
    query_id character varying NOT NULL,
    request character varying NOT NULL,
    asker character varying NOT NULL,
    role character varying NOT NULL,
    unit character varying NOT NULL,
    partner character varying NOT NULL,
    nodes character varying NOT NULL,
    purpose character varying NOT NULL,
    legal_basis character varying NOT NULL,
    offence character varying NOT NULL,
    "case" character varying NOT NULL,
    query_digest character varying NOT NULL,
    replies character varying NOT NULL,
    statuses character varying NOT NULL,
    reasons character varying NOT NULL,
    tier character varying NOT NULL,
    action character varying NOT NULL,
    results bigint,
    retain_until character varying NOT NULL,
    sealed boolean NOT NULL,
    self_lookup boolean NOT NULL
);
CREATE TABLE public.oversight_leaf_word (
    name character varying NOT NULL,
    word character varying NOT NULL,
    index bigint NOT NULL
);
CREATE TABLE public.oversight_progress (
    node character varying NOT NULL,
    until bigint NOT NULL,
    tried_at bigint NOT NULL,
    outcome character varying NOT NULL,
    findings integer NOT NULL
);
CREATE TABLE public.profile (
    record_row bigint NOT NULL,
    stamp bigint NOT NULL,
    series integer NOT NULL,
    amounts bytea NOT NULL
);
CREATE TABLE public.profile_calibration (
    method text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.profile_series (
    number integer NOT NULL,
    told text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.profile_series_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.profile_series_number_seq OWNED BY public.profile_series.number;
CREATE TABLE public.record (
    "row" bigint NOT NULL,
    version integer NOT NULL,
    recorded_at text NOT NULL COLLATE pg_catalog."C",
    recorded_by text NOT NULL COLLATE pg_catalog."C",
    source integer NOT NULL,
    source_line bigint NOT NULL,
    findings text COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    schema text NOT NULL COLLATE pg_catalog."C",
    is_edge boolean NOT NULL,
    dataset text NOT NULL COLLATE pg_catalog."C",
    case_ref text COLLATE pg_catalog."C",
    owner text NOT NULL COLLATE pg_catalog."C",
    subject_category text NOT NULL COLLATE pg_catalog."C",
    tlp text NOT NULL COLLATE pg_catalog."C",
    source_evaluation text NOT NULL COLLATE pg_catalog."C",
    information_evaluation text NOT NULL COLLATE pg_catalog."C",
    assessment text NOT NULL COLLATE pg_catalog."C",
    h0 boolean NOT NULL,
    h1 boolean NOT NULL,
    h2 boolean NOT NULL,
    h3 boolean NOT NULL,
    ongoing boolean NOT NULL,
    retain_until bigint,
    review_at bigint,
    handling text NOT NULL COLLATE pg_catalog."C",
    handling_text text COLLATE pg_catalog."C",
    instrument text COLLATE pg_catalog."C",
    authority text COLLATE pg_catalog."C",
    method text COLLATE pg_catalog."C",
    provenance_digest text COLLATE pg_catalog."C",
    provenance text COLLATE pg_catalog."C",
    caption_property text COLLATE pg_catalog."C",
    caption text COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    properties text NOT NULL COLLATE pg_catalog."C",
    identifiers text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.record_version (
    id text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    recorded_at text NOT NULL COLLATE pg_catalog."C",
    superseded_at text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.reject (
    source integer NOT NULL,
    line bigint NOT NULL,
    ordinal integer NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    code text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    kept boolean NOT NULL
);
CREATE TABLE public.sharing_alert (
    id character varying NOT NULL,
    subject character varying NOT NULL,
    case_digest character varying NOT NULL,
    evidence character varying NOT NULL,
    at bigint NOT NULL,
    state character varying NOT NULL,
    document character varying NOT NULL
);
CREATE TABLE public.sharing_backoff (
    node character varying NOT NULL,
    failures integer NOT NULL,
    until_ms bigint NOT NULL
);
CREATE TABLE public.sharing_change (
    record character varying NOT NULL,
    version integer NOT NULL,
    sort character varying NOT NULL,
    reason character varying NOT NULL,
    load integer NOT NULL,
    at bigint NOT NULL,
    fate character varying NOT NULL
);
CREATE TABLE public.sharing_consent (
    provider character varying NOT NULL,
    id character varying NOT NULL,
    version integer NOT NULL,
    recipient character varying NOT NULL,
    until bigint NOT NULL,
    withdrawn boolean NOT NULL,
    digest character varying NOT NULL,
    statement character varying NOT NULL
);
CREATE TABLE public.sharing_consent_onward (
    provider character varying NOT NULL,
    id character varying NOT NULL,
    named character varying NOT NULL,
    purpose character varying NOT NULL,
    recipient character varying NOT NULL,
    version integer NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE public.sharing_contribution (
    id character varying NOT NULL,
    picture character varying NOT NULL,
    act character varying NOT NULL,
    node character varying NOT NULL,
    person character varying NOT NULL,
    received_at bigint NOT NULL,
    statement character varying NOT NULL
);
CREATE TABLE public.sharing_contribution_stub (
    picture character varying NOT NULL,
    id character varying NOT NULL,
    reason character varying NOT NULL
);
CREATE TABLE public.sharing_directory (
    id integer NOT NULL,
    version integer NOT NULL,
    digest character varying NOT NULL,
    text character varying NOT NULL
);
CREATE SEQUENCE public.sharing_directory_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sharing_directory_id_seq OWNED BY public.sharing_directory.id;
CREATE TABLE public.sharing_given (
    place bigint NOT NULL,
    record character varying NOT NULL,
    grant_id character varying NOT NULL,
    grant_version integer NOT NULL,
    version integer NOT NULL,
    partner character varying NOT NULL,
    query_id character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.sharing_given_reached (
    id integer NOT NULL,
    place bigint NOT NULL
);
CREATE SEQUENCE public.sharing_given_reached_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sharing_given_reached_id_seq OWNED BY public.sharing_given_reached.id;
CREATE TABLE public.sharing_grant (
    id character varying NOT NULL,
    version integer NOT NULL,
    digest character varying NOT NULL,
    statement character varying NOT NULL
);
CREATE TABLE public.sharing_grant_current (
    id character varying NOT NULL,
    version integer NOT NULL
);
CREATE TABLE public.sharing_grant_reach (
    id character varying NOT NULL,
    recipient character varying NOT NULL,
    case_ref character varying NOT NULL,
    dataset_ref character varying NOT NULL,
    schema_ref character varying NOT NULL,
    version integer NOT NULL,
    digest character varying NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE public.sharing_heard (
    node character varying NOT NULL,
    id character varying NOT NULL,
    digest character varying NOT NULL,
    ended integer NOT NULL,
    held integer NOT NULL
);
CREATE TABLE public.sharing_item (
    box character varying NOT NULL,
    id character varying NOT NULL,
    kind character varying NOT NULL,
    node character varying NOT NULL,
    subject character varying NOT NULL,
    query_id character varying NOT NULL,
    due_at bigint NOT NULL,
    state character varying NOT NULL,
    revision integer NOT NULL,
    document character varying NOT NULL
);
CREATE TABLE public.sharing_lease (
    id character varying NOT NULL,
    node character varying NOT NULL,
    record character varying NOT NULL,
    version integer NOT NULL,
    case_digest character varying NOT NULL,
    kept_by character varying NOT NULL,
    query_id character varying NOT NULL,
    handling character varying NOT NULL,
    kept_at bigint NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE public.sharing_lease_grant (
    lease character varying NOT NULL,
    grant_id character varying NOT NULL,
    node character varying NOT NULL,
    version integer NOT NULL
);
CREATE TABLE public.sharing_mandate (
    id character varying NOT NULL,
    subject character varying NOT NULL,
    expires_at bigint NOT NULL,
    revoked_at bigint,
    document character varying NOT NULL
);
CREATE TABLE public.sharing_mark (
    node character varying NOT NULL,
    sort character varying NOT NULL,
    name character varying NOT NULL,
    version integer NOT NULL,
    reason character varying NOT NULL
);
CREATE TABLE public.sharing_outbox (
    id character varying NOT NULL,
    partner character varying NOT NULL,
    type character varying NOT NULL,
    body character varying NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    attempts integer NOT NULL,
    next_at bigint NOT NULL,
    acknowledged_at bigint,
    acknowledgement character varying NOT NULL,
    escalated_at bigint
);
CREATE TABLE public.sharing_proposal (
    id character varying NOT NULL,
    revision integer NOT NULL,
    state character varying NOT NULL,
    lapses_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    document character varying NOT NULL
);
CREATE TABLE public.sharing_quota (
    account character varying NOT NULL,
    renews_at bigint NOT NULL,
    spent bigint NOT NULL
);
CREATE TABLE public.sharing_recall (
    id character varying NOT NULL,
    document character varying NOT NULL,
    created_at bigint NOT NULL,
    written_at bigint
);
CREATE TABLE public.sharing_standing (
    owner character varying NOT NULL,
    id character varying NOT NULL,
    subject character varying NOT NULL,
    target character varying,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint,
    document character varying NOT NULL
);
CREATE TABLE public.sharing_standing_hit (
    owner character varying NOT NULL,
    question character varying NOT NULL,
    record character varying NOT NULL,
    version integer NOT NULL,
    normal character varying NOT NULL,
    at bigint NOT NULL,
    waits boolean NOT NULL
);
CREATE TABLE public.source (
    number integer NOT NULL,
    digest text NOT NULL COLLATE pg_catalog."C",
    settings text NOT NULL COLLATE pg_catalog."C",
    lines bigint NOT NULL,
    "position" bigint NOT NULL,
    loaded integer NOT NULL,
    altered integer NOT NULL,
    unchanged integer NOT NULL,
    rejected integer NOT NULL,
    quarantined integer NOT NULL,
    finished_at text COLLATE pg_catalog."C"
);
CREATE TABLE public.source_file (
    number integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.source_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.source_number_seq OWNED BY public.source.number;
CREATE TABLE public.witness_checkpoint (
    origin text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL
);
CREATE TABLE public.witness_fork (
    origin text NOT NULL,
    size bigint NOT NULL,
    first text NOT NULL,
    second text NOT NULL
);
CREATE TABLE public.word_key (
    key text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.layout ALTER COLUMN layout SET DEFAULT nextval('public.layout_layout_seq'::regclass);
ALTER TABLE ONLY public.oversight_finding ALTER COLUMN number SET DEFAULT nextval('public.oversight_finding_number_seq'::regclass);
ALTER TABLE ONLY public.oversight_grown ALTER COLUMN id SET DEFAULT nextval('public.oversight_grown_id_seq'::regclass);
ALTER TABLE ONLY public.profile_series ALTER COLUMN number SET DEFAULT nextval('public.profile_series_number_seq'::regclass);
ALTER TABLE ONLY public.sharing_directory ALTER COLUMN id SET DEFAULT nextval('public.sharing_directory_id_seq'::regclass);
ALTER TABLE ONLY public.sharing_given_reached ALTER COLUMN id SET DEFAULT nextval('public.sharing_given_reached_id_seq'::regclass);
ALTER TABLE ONLY public.source ALTER COLUMN number SET DEFAULT nextval('public.source_number_seq'::regclass);
INSERT INTO public.arrival VALUES (1, 1);
INSERT INTO public.audit_checkpoint VALUES (0, 'fr.made/log
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
— fr.made/log DfLHkZoy+2htRP0mHcI5BeZPppp94YAgJL4X2iD1u/ThfwgV6tnoMEXJAic2owvvZ9JtCwHJqS0J/BUS2Z2GKdEv5QQ=
');
INSERT INTO public.audit_checkpoint VALUES (1, 'fr.made/log
1
+cyp6PxIX4YmkTKI5UiySrF3lZdAz/gJLNPfdGdlfqQ=
— fr.made/log DfLHkQzoKft0AFcyxCwhd9YCVVt4ILKzq7ZeNjSvg3BSgL2v/4ZWOUV0EpeE7PjUCam8sPs5qMYvbEas1KErKfpm/AI=
');
INSERT INTO public.audit_checkpoint VALUES (2, 'fr.made/log
2
zbo09gxOUa0tv07MhO1WSpJ8jYwr514BB8BgVaxF1w8=
— fr.made/log DfLHkcg+qKfAmhxHWroOI6I4X+45En6Ubbdgpec9Y3V8KRoSgmMWR+BsrcpiOGxmKA9htu060frTI4S12qrUOrpl8gw=
');
INSERT INTO public.audit_entry VALUES (0, '\x7b22616374696f6e223a224c4f41445f53544152544544222c226174223a22323032362d31312d32325431333a34323a35342e3037372b30303a3030222c226461746173657473223a5b226361736573225d2c226964223a223431643932383736363333373431366436326361303165363532303465336263222c226b696e64223a2241444d494e495354524154494f4e222c226e6f6465223a2266722e6d616465222c226f7065726174696f6e223a2241444d494e495354524154494f4e222c22736f75726365223a227368613235363a66363033393636326166356466636336643931373730343430383538373265626236666165303663653663646434356164386261396434313539303463656662222c2276223a317d');
INSERT INTO public.audit_entry VALUES (1, '\x7b226174223a22323032362d31312d32325431333a34323a35342e3238342b30303a3030222c22636f756e74657270617274223a227368613235363a38356332643139333439626635313733313437366438373638663730376261633837313834666130653361383231383136306136303031653536396261626662222c226461746173657473223a5b226361736573225d2c226964223a223464666137643030363830653661366239383731313066383566396365646362222c226b696e64223a22434f4c4c4543544544222c226e6f6465223a2266722e6d616465222c226f7065726174696f6e223a22434f4c4c454354494f4e222c227265636f726473223a322c2272656a6563746564223a302c22736f75726365223a227368613235363a33326139636534616536616435663234663639343964643666663736313633353536623535616462333165613938303236613631343263353962353131373061222c2276223a317d');
INSERT INTO public.audit_once VALUES ('41d928766337416d62ca01e65204e3bc.COLLECTED', 1795441375);
INSERT INTO public.audit_tree_head VALUES (1, 0, '\xf9cca9e8fc485f8626913288e548b24ab177959740cff8092cd3df7467657ea4');
INSERT INTO public.audit_tree_head VALUES (2, 1, '\xcdba34f60c4e51ad2dbf4ecc84ed564a927c8d8c2be75e0107c06055ac45d70f');
INSERT INTO public.country VALUES (1, 'fr', 'nationality');
INSERT INTO public.country VALUES (2, 'fr', 'nationality');
INSERT INTO public.entente_audit VALUES ('0001');
INSERT INTO public.entente_oversight VALUES ('0001');
INSERT INTO public.entente_quota VALUES ('0001');
INSERT INTO public.entente_records VALUES ('0001');
INSERT INTO public.entente_sharing VALUES ('0001');
INSERT INTO public.entente_witness VALUES ('0001');
INSERT INTO public.identifier VALUES ('made up', 'made up', 1, 1, 'made up', 'made up');
INSERT INTO public.layout VALUES (5);
INSERT INTO public.link VALUES ('made up', 1, 'made up', false);
INSERT INTO public.name VALUES (48378511622400, 1, 'name', 'inventee zoe');
INSERT INTO public.name VALUES (48378511622656, 2, 'name', 'ake pahittad');
INSERT INTO public.name_word VALUES ('ake', 48378511622656);
INSERT INTO public.name_word VALUES ('ake pahittad', 48378511622656);
INSERT INTO public.name_word VALUES ('inventee', 48378511622400);
INSERT INTO public.name_word VALUES ('inventee zoe', 48378511622400);
INSERT INTO public.name_word VALUES ('pahittad', 48378511622656);
INSERT INTO public.name_word VALUES ('zoe', 48378511622400);
INSERT INTO public.oversight_erasure VALUES ('made up', 'made up', 'made up', 'made up', 'made up', 1, 'made up', 1, 'made up');
INSERT INTO public.oversight_finding VALUES (1, 'made up', 'made up', 1, 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up');
INSERT INTO public.oversight_grown VALUES (1, 1, '\x01');
INSERT INTO public.oversight_hold VALUES ('made up', 'made up', 1);
INSERT INTO public.oversight_leaf VALUES (1, 'made up', 'made up', 'made up', 'made up', 1, 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 'made up', 1, 'made up', false, false);
INSERT INTO public.oversight_leaf_word VALUES ('made up', 'made up', 1);
INSERT INTO public.oversight_progress VALUES ('made up', 1, 1, 'made up', 1);
INSERT INTO public.profile VALUES (1, 1, 1, '\x01');
INSERT INTO public.profile_calibration VALUES ('made up', 'made up', 'made up');
INSERT INTO public.profile_series VALUES (1, 'made up');
INSERT INTO public.record VALUES (1, 1, '2026-11-22T13:42:54Z', 'fr.made', 1, 1, NULL, 'p-0', 'Person', false, 'cases', NULL, 'fr.made', 'WITNESS', 'AMBER', 'X', '4', 'ASSESSMENT', false, false, false, false, false, 1924992000, NULL, '[]', NULL, NULL, NULL, NULL, NULL, NULL, 'name', 'Zoé Inventée', '\x62439909fd05cf8ce4c85945fad60389eedfeb078449d4aee92082bd082eed8c', '[{"name":"name","values":["Zoé Inventée"]},{"name":"nationality","values":["fr"]}]', '[]');
INSERT INTO public.record VALUES (2, 1, '2026-11-22T13:42:54Z', 'fr.made', 1, 2, NULL, 'p-1', 'Person', false, 'cases', NULL, 'fr.made', 'WITNESS', 'AMBER', 'X', '4', 'ASSESSMENT', false, false, false, false, false, 1924992000, NULL, '[]', NULL, NULL, NULL, NULL, NULL, NULL, 'name', 'Åke Påhittad', '\xa3d73dcf7e5ebd84525d54c13a4c851aa976e9d197dedc3fa6016c92a7d5956f', '[{"name":"name","values":["Åke Påhittad"]},{"name":"nationality","values":["fr"]}]', '[]');
INSERT INTO public.record_version VALUES ('made up', 1, 'made up', 'made up', 'made up');
INSERT INTO public.reject VALUES (1, 1, 1, 'made up', 'made up', 'made up', false);
INSERT INTO public.sharing_alert VALUES ('made up', 'made up', 'made up', 'made up', 1, 'made up', 'made up');
INSERT INTO public.sharing_backoff VALUES ('made up', 1, 1);
INSERT INTO public.sharing_change VALUES ('made up', 1, 'made up', 'made up', 1, 1, 'made up');
INSERT INTO public.sharing_consent VALUES ('made up', 'made up', 1, 'made up', 1, false, 'made up', 'made up');
INSERT INTO public.sharing_consent_onward VALUES ('made up', 'made up', 'made up', 'made up', 'made up', 1, 1, 1);
INSERT INTO public.sharing_contribution VALUES ('made up', 'made up', 'made up', 'made up', 'made up', 1, 'made up');
INSERT INTO public.sharing_contribution_stub VALUES ('made up', 'made up', 'made up');
INSERT INTO public.sharing_directory VALUES (1, 1, 'made up', 'made up');
INSERT INTO public.sharing_given VALUES (1, 'made up', 'made up', 1, 1, 'made up', 'made up', 1);
INSERT INTO public.sharing_given_reached VALUES (1, 1);
INSERT INTO public.sharing_grant VALUES ('made up', 1, 'made up', 'made up');
INSERT INTO public.sharing_grant_current VALUES ('made up', 1);
INSERT INTO public.sharing_grant_reach VALUES ('made up', 'made up', 'made up', 'made up', 'made up', 1, 'made up', 1);
INSERT INTO public.sharing_heard VALUES ('made up', 'made up', 'made up', 1, 1);
INSERT INTO public.sharing_item VALUES ('made up', 'made up', 'made up', 'made up', 'made up', 'made up', 1, 'made up', 1, 'made up');
INSERT INTO public.sharing_lease VALUES ('made up', 'made up', 'made up', 1, 'made up', 'made up', 'made up', 'made up', 1, 1);
INSERT INTO public.sharing_lease_grant VALUES ('made up', 'made up', 'made up', 1);
INSERT INTO public.sharing_mandate VALUES ('made up', 'made up', 1, 1, 'made up');
INSERT INTO public.sharing_mark VALUES ('made up', 'made up', 'made up', 1, 'made up');
INSERT INTO public.sharing_outbox VALUES ('made up', 'made up', 'made up', 'made up', 1, 1, 1, 1, 1, 'made up', 1);
INSERT INTO public.sharing_proposal VALUES ('made up', 1, 'made up', 1, 1, 'made up');
INSERT INTO public.sharing_quota VALUES ('made up', 1, 1);
INSERT INTO public.sharing_recall VALUES ('made up', 'made up', 1, 1);
INSERT INTO public.sharing_standing VALUES ('made up', 'made up', 'made up', 'made up', 1, 1, 1, 'made up');
INSERT INTO public.sharing_standing_hit VALUES ('made up', 'made up', 'made up', 1, 'made up', 1, false);
INSERT INTO public.source VALUES (1, 'sha256:32a9ce4ae6ad5f24f6949dd6ff76163556b55adb31ea98026a6142c59b51170a', 'sha256:ee644cc348d1c69c94edd350b236a32f9ea82b5e74dafdbc4ec114ac161222e1', 2, 408, 2, 0, 0, 0, 0, '2026-11-22T13:42:54Z');
INSERT INTO public.source_file VALUES (1, 'people.jsonl');
INSERT INTO public.witness_checkpoint VALUES ('made up', 1, '\x01', 'made up');
INSERT INTO public.witness_fork VALUES ('made up', 1, 'made up', 'made up');
INSERT INTO public.word_key VALUES ('.ahittad', 'pahittad');
INSERT INTO public.word_key VALUES ('.ake', 'ake');
INSERT INTO public.word_key VALUES ('.entee', 'inventee');
INSERT INTO public.word_key VALUES ('.hittad', 'pahittad');
INSERT INTO public.word_key VALUES ('.inventee', 'inventee');
INSERT INTO public.word_key VALUES ('.ittad', 'pahittad');
INSERT INTO public.word_key VALUES ('.ntee', 'inventee');
INSERT INTO public.word_key VALUES ('.nventee', 'inventee');
INSERT INTO public.word_key VALUES ('.pahittad', 'pahittad');
INSERT INTO public.word_key VALUES ('.tad', 'pahittad');
INSERT INTO public.word_key VALUES ('.tee', 'inventee');
INSERT INTO public.word_key VALUES ('.ttad', 'pahittad');
INSERT INTO public.word_key VALUES ('.ventee', 'inventee');
INSERT INTO public.word_key VALUES ('.zoe', 'zoe');
INSERT INTO public.word_key VALUES ('=ake', 'ake');
INSERT INTO public.word_key VALUES ('=inventee', 'inventee');
INSERT INTO public.word_key VALUES ('=pahittad', 'pahittad');
INSERT INTO public.word_key VALUES ('=zoe', 'zoe');
INSERT INTO public.word_key VALUES ('ahittad', 'pahittad');
INSERT INTO public.word_key VALUES ('inentee', 'inventee');
INSERT INTO public.word_key VALUES ('invenee', 'inventee');
INSERT INTO public.word_key VALUES ('invente', 'inventee');
INSERT INTO public.word_key VALUES ('inventee', 'inventee');
INSERT INTO public.word_key VALUES ('invetee', 'inventee');
INSERT INTO public.word_key VALUES ('invntee', 'inventee');
INSERT INTO public.word_key VALUES ('iventee', 'inventee');
INSERT INTO public.word_key VALUES ('nventee', 'inventee');
INSERT INTO public.word_key VALUES ('pahitad', 'pahittad');
INSERT INTO public.word_key VALUES ('pahitta', 'pahittad');
INSERT INTO public.word_key VALUES ('pahittad', 'pahittad');
INSERT INTO public.word_key VALUES ('pahittd', 'pahittad');
INSERT INTO public.word_key VALUES ('pahttad', 'pahittad');
INSERT INTO public.word_key VALUES ('paittad', 'pahittad');
INSERT INTO public.word_key VALUES ('phittad', 'pahittad');
INSERT INTO public.word_key VALUES ('~NFNT', 'inventee');
INSERT INTO public.word_key VALUES ('~PTT', 'pahittad');
SELECT pg_catalog.setval('public.layout_layout_seq', 1, false);
SELECT pg_catalog.setval('public.oversight_finding_number_seq', 1, false);
SELECT pg_catalog.setval('public.oversight_grown_id_seq', 1, false);
SELECT pg_catalog.setval('public.profile_series_number_seq', 1, false);
SELECT pg_catalog.setval('public.sharing_directory_id_seq', 1, false);
SELECT pg_catalog.setval('public.sharing_given_reached_id_seq', 1, false);
SELECT pg_catalog.setval('public.source_number_seq', 1, false);
ALTER TABLE ONLY public.arrival
    ADD CONSTRAINT arrival_pkey PRIMARY KEY (record_row, version);
ALTER TABLE ONLY public.audit_blob
    ADD CONSTRAINT audit_blob_pkey PRIMARY KEY (idx);
ALTER TABLE ONLY public.audit_checkpoint
    ADD CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (size);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (idx);
ALTER TABLE ONLY public.audit_intent
    ADD CONSTRAINT audit_intent_pkey PRIMARY KEY (entry_id);
ALTER TABLE ONLY public.audit_lease
    ADD CONSTRAINT audit_lease_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_once
    ADD CONSTRAINT audit_once_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.audit_tile
    ADD CONSTRAINT audit_tile_pkey PRIMARY KEY (level, idx);
ALTER TABLE ONLY public.audit_tree_head
    ADD CONSTRAINT audit_tree_head_pkey PRIMARY KEY (size);
ALTER TABLE ONLY public.audit_tree_head
    ADD CONSTRAINT audit_tree_head_prev_key UNIQUE (prev);
ALTER TABLE ONLY public.country
    ADD CONSTRAINT country_pkey PRIMARY KEY (record_row, code, property);
ALTER TABLE ONLY public.entente_audit
    ADD CONSTRAINT entente_audit_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.entente_oversight
    ADD CONSTRAINT entente_oversight_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.entente_quota
    ADD CONSTRAINT entente_quota_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.entente_records
    ADD CONSTRAINT entente_records_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.entente_sharing
    ADD CONSTRAINT entente_sharing_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.entente_witness
    ADD CONSTRAINT entente_witness_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.identifier
    ADD CONSTRAINT identifier_pkey PRIMARY KEY (normal, kind, record_row, ordinal);
ALTER TABLE ONLY public.layout
    ADD CONSTRAINT layout_pkey PRIMARY KEY (layout);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (end_id, record_row, property);
ALTER TABLE ONLY public.name
    ADD CONSTRAINT name_pkey PRIMARY KEY ("row");
ALTER TABLE ONLY public.name_word
    ADD CONSTRAINT name_word_pkey PRIMARY KEY (word, name_row);
ALTER TABLE ONLY public.oversight_erasure
    ADD CONSTRAINT oversight_erasure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oversight_finding
    ADD CONSTRAINT oversight_finding_id_key UNIQUE (id);
ALTER TABLE ONLY public.oversight_finding
    ADD CONSTRAINT oversight_finding_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.oversight_grown
    ADD CONSTRAINT oversight_grown_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oversight_hold
    ADD CONSTRAINT oversight_hold_pkey PRIMARY KEY (case_digest);
ALTER TABLE ONLY public.oversight_leaf
    ADD CONSTRAINT oversight_leaf_pkey PRIMARY KEY (index);
ALTER TABLE ONLY public.oversight_leaf_word
    ADD CONSTRAINT oversight_leaf_word_pkey PRIMARY KEY (name, word, index);
ALTER TABLE ONLY public.oversight_progress
    ADD CONSTRAINT oversight_progress_pkey PRIMARY KEY (node);
ALTER TABLE ONLY public.profile_calibration
    ADD CONSTRAINT profile_calibration_pkey PRIMARY KEY (method, version);
ALTER TABLE ONLY public.profile
    ADD CONSTRAINT profile_pkey PRIMARY KEY (record_row);
ALTER TABLE ONLY public.profile_series
    ADD CONSTRAINT profile_series_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.profile_series
    ADD CONSTRAINT profile_series_told_key UNIQUE (told);
ALTER TABLE ONLY public.profile
    ADD CONSTRAINT profile_stamp_key UNIQUE (stamp);
ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_id_key UNIQUE (id);
ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_pkey PRIMARY KEY ("row");
ALTER TABLE ONLY public.record_version
    ADD CONSTRAINT record_version_pkey PRIMARY KEY (id, version);
ALTER TABLE ONLY public.reject
    ADD CONSTRAINT reject_pkey PRIMARY KEY (source, line, ordinal);
ALTER TABLE ONLY public.sharing_alert
    ADD CONSTRAINT sharing_alert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_backoff
    ADD CONSTRAINT sharing_backoff_pkey PRIMARY KEY (node);
ALTER TABLE ONLY public.sharing_change
    ADD CONSTRAINT sharing_change_pkey PRIMARY KEY (record, version);
ALTER TABLE ONLY public.sharing_consent_onward
    ADD CONSTRAINT sharing_consent_onward_pkey PRIMARY KEY (provider, id, named, purpose);
ALTER TABLE ONLY public.sharing_consent
    ADD CONSTRAINT sharing_consent_pkey PRIMARY KEY (provider, id, version);
ALTER TABLE ONLY public.sharing_contribution
    ADD CONSTRAINT sharing_contribution_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_contribution_stub
    ADD CONSTRAINT sharing_contribution_stub_pkey PRIMARY KEY (picture, id);
ALTER TABLE ONLY public.sharing_directory
    ADD CONSTRAINT sharing_directory_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_given
    ADD CONSTRAINT sharing_given_pkey PRIMARY KEY (place, record, grant_id, grant_version);
ALTER TABLE ONLY public.sharing_given_reached
    ADD CONSTRAINT sharing_given_reached_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_grant_current
    ADD CONSTRAINT sharing_grant_current_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_grant
    ADD CONSTRAINT sharing_grant_pkey PRIMARY KEY (id, version);
ALTER TABLE ONLY public.sharing_grant_reach
    ADD CONSTRAINT sharing_grant_reach_pkey PRIMARY KEY (id, recipient, case_ref, dataset_ref, schema_ref);
ALTER TABLE ONLY public.sharing_heard
    ADD CONSTRAINT sharing_heard_pkey PRIMARY KEY (node, id);
ALTER TABLE ONLY public.sharing_item
    ADD CONSTRAINT sharing_item_pkey PRIMARY KEY (box, id);
ALTER TABLE ONLY public.sharing_lease_grant
    ADD CONSTRAINT sharing_lease_grant_pkey PRIMARY KEY (lease, grant_id);
ALTER TABLE ONLY public.sharing_lease
    ADD CONSTRAINT sharing_lease_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_mandate
    ADD CONSTRAINT sharing_mandate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_mark
    ADD CONSTRAINT sharing_mark_pkey PRIMARY KEY (node, sort, name);
ALTER TABLE ONLY public.sharing_outbox
    ADD CONSTRAINT sharing_outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_proposal
    ADD CONSTRAINT sharing_proposal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_quota
    ADD CONSTRAINT sharing_quota_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.sharing_recall
    ADD CONSTRAINT sharing_recall_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sharing_standing_hit
    ADD CONSTRAINT sharing_standing_hit_pkey PRIMARY KEY (owner, question, record, version);
ALTER TABLE ONLY public.sharing_standing
    ADD CONSTRAINT sharing_standing_pkey PRIMARY KEY (owner, id);
ALTER TABLE ONLY public.source_file
    ADD CONSTRAINT source_file_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_pkey PRIMARY KEY (origin);
ALTER TABLE ONLY public.witness_fork
    ADD CONSTRAINT witness_fork_pkey PRIMARY KEY (origin, size);
ALTER TABLE ONLY public.word_key
    ADD CONSTRAINT word_key_pkey PRIMARY KEY (key, word);
CREATE INDEX ix_identifier_record_row ON public.identifier USING btree (record_row);
CREATE INDEX ix_link_record_row ON public.link USING btree (record_row);
CREATE INDEX ix_name_record_row ON public.name USING btree (record_row);
CREATE INDEX ix_sharing_quota_renews_at ON public.sharing_quota USING btree (renews_at);
CREATE INDEX ix_sharing_recall_written_at ON public.sharing_recall USING btree (written_at);
CREATE INDEX oversight_finding_by_asker ON public.oversight_finding USING btree (asker, number);
CREATE INDEX oversight_finding_by_rule ON public.oversight_finding USING btree (rule, number);
CREATE INDEX oversight_finding_by_state ON public.oversight_finding USING btree (state, number);
CREATE INDEX oversight_leaf_by_asker ON public.oversight_leaf USING btree (asker, at_ms);
CREATE INDEX oversight_leaf_by_case ON public.oversight_leaf USING btree ("case", at_ms);
CREATE INDEX oversight_leaf_by_entry ON public.oversight_leaf USING btree (entry_id);
CREATE INDEX oversight_leaf_by_intent ON public.oversight_leaf USING btree (intent);
CREATE INDEX oversight_leaf_by_kind ON public.oversight_leaf USING btree (kind, at_ms);
CREATE INDEX oversight_leaf_by_purpose ON public.oversight_leaf USING btree (purpose, at_ms);
CREATE INDEX oversight_leaf_by_query ON public.oversight_leaf USING btree (query_id);
CREATE INDEX oversight_leaf_by_request ON public.oversight_leaf USING btree (request);
CREATE INDEX oversight_leaf_by_retention ON public.oversight_leaf USING btree (sealed, retain_until);
CREATE INDEX oversight_leaf_by_self_lookup ON public.oversight_leaf USING btree (self_lookup, at_ms);
CREATE INDEX oversight_leaf_by_time ON public.oversight_leaf USING btree (at_ms);
CREATE INDEX oversight_leaf_by_unit ON public.oversight_leaf USING btree (unit, at_ms);
CREATE INDEX quarantine ON public.record USING btree (id) WHERE (subject_category = 'UNCATEGORISED'::text);
CREATE INDEX sharing_alert_by_evidence ON public.sharing_alert USING btree (subject, case_digest, evidence);
CREATE INDEX sharing_alert_by_subject ON public.sharing_alert USING btree (subject, at);
CREATE INDEX sharing_change_by_fate ON public.sharing_change USING btree (fate, record, version);
CREATE INDEX sharing_change_by_load ON public.sharing_change USING btree (load);
CREATE INDEX sharing_change_by_time ON public.sharing_change USING btree (at);
CREATE INDEX sharing_consent_onward_to ON public.sharing_consent_onward USING btree (recipient, named, purpose, until, provider, id);
CREATE INDEX sharing_consent_until ON public.sharing_consent USING btree (provider, recipient, until);
CREATE INDEX sharing_contribution_by_act ON public.sharing_contribution USING btree (act, picture);
CREATE INDEX sharing_contribution_by_author ON public.sharing_contribution USING btree (picture, node, person);
CREATE INDEX sharing_contribution_by_picture ON public.sharing_contribution USING btree (picture, received_at, id);
CREATE INDEX sharing_given_by_grant ON public.sharing_given USING btree (grant_id, grant_version, partner);
CREATE INDEX sharing_given_by_record ON public.sharing_given USING btree (record, partner, version);
CREATE INDEX sharing_grant_by_touch ON public.sharing_grant_reach USING btree (recipient, case_ref, dataset_ref, schema_ref, until, id);
CREATE INDEX sharing_item_by_deadline ON public.sharing_item USING btree (box, state, due_at, id);
CREATE INDEX sharing_lease_by_case ON public.sharing_lease USING btree (case_digest, kept_at);
CREATE INDEX sharing_lease_by_grant ON public.sharing_lease_grant USING btree (node, grant_id);
CREATE INDEX sharing_lease_by_handle ON public.sharing_lease USING btree (node, record);
CREATE INDEX sharing_mandate_by_subject ON public.sharing_mandate USING btree (subject, expires_at);
CREATE INDEX sharing_outbox_due ON public.sharing_outbox USING btree (acknowledged_at, next_at);
CREATE INDEX sharing_outbox_newest ON public.sharing_outbox USING btree (created_at, id);
CREATE INDEX sharing_proposal_waiting ON public.sharing_proposal USING btree (state, lapses_at);
CREATE INDEX sharing_standing_by_owner ON public.sharing_standing USING btree (owner, created_at);
CREATE INDEX sharing_standing_by_target ON public.sharing_standing USING btree (target, expires_at);
CREATE INDEX sharing_standing_hit_waiting ON public.sharing_standing_hit USING btree (waits, at);
