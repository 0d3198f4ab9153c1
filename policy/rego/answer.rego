# METADATA
# title: What may this node answer to a partner's question?
# description: |
#   One decision per question: every candidate grant goes in, one branch for each grant that covers the
#   question comes out. A refusal rests on mandate, question and grants, never on data. The own service is
#   a partner like the others and needs a grant as well.
package entente.answer

# METADATA
# title: The decision
# description: Nothing is allowed unless the rules below say so.
# entrypoint: true
default decision := {
	"allow": false,
	"mode": "none",
	"reasons": ["POLICY"],
	"rules": {"malformed-input": []},
	"grants": [],
	"branches": [],
	"shows": [],
	"max_rows": 0,
	"obligations": [],
	"revision": "",
}

# METADATA
# title: What the covering grants let through
decision := {
	"allow": true,
	"mode": mode,
	"reasons": [],
	"rules": {},
	"grants": refs,
	"branches": [branch(by_ref[ref]) | some ref in refs],
	"shows": data.entente.fields.shows,
	"max_rows": max_rows,
	"obligations": sort(object.get(data.law.obligations, input.mandate.purpose, [])),
	"revision": data.law.revision,
} if {
	well_formed
	allowed
}

# METADATA
# title: Why nothing is let through
decision := {
	"allow": false,
	"mode": "none",
	"reasons": sort({data.law.reasons[rule] | some rule in rules}),
	"rules": {rule: faulty_refs(rule) | some rule in rules},
	"grants": [],
	"branches": [],
	"shows": [],
	"max_rows": 0,
	"obligations": [],
	"revision": data.law.revision,
} if {
	well_formed
	not allowed
}

# METADATA
# title: A mandate without fault, and at least one grant that covers the question
allowed if {
	count(data.entente.mandate.faults) == 0
	count(covering) > 0
}

# METADATA
# title: The input has the types that the comparisons below need
well_formed if {
	data.entente.mandate.well_formed
	data.entente.consents.well_formed
	is_array(input.question.schemata)
	is_array(input.question.datasets)
	is_array(input.question.fields)
	is_array(input.grants)
	every grant in input.grants { grant_well_formed(grant) }
}

# METADATA
# title: One grant has the types that the comparisons below need
# description: A grant is not revoked when `revoked_at` is null; any number there is a revocation.
grant_well_formed(grant) if {
	is_string(grant.ref)
	is_string(grant.owner)
	is_string(grant.dataset)
	is_string(grant.mode)
	is_number(grant.not_before)
	is_number(grant.expires_at)
	is_number(grant.max_rows)
	is_array(grant.recipients)
	is_array(grant.roles)
	is_array(grant.purposes)
	is_array(grant.legal_bases)
	is_array(grant.categories)
	is_array(grant.schemata)
	is_array(grant.cases)
	is_array(grant.units)
	is_array(grant.record_ids)
	is_array(grant.masked)
	revocation_well_formed(grant)
}

# METADATA
# title: Not revoked
revocation_well_formed(grant) if is_null(grant.revoked_at)

# METADATA
# title: Revoked at a time
revocation_well_formed(grant) if is_number(grant.revoked_at)

# METADATA
# title: Grants of this node to this partner that touch what is asked
# description: All others do not exist for this question, and give no reason for a refusal.
addressed := [grant |
	some grant in input.grants
	grant.owner == input.node
	input.partner in grant.recipients
	touches_dataset(grant)
	touches_schemata(grant)
]

# METADATA
# title: The grant is for every dataset
touches_dataset(grant) if grant.dataset == "*"

# METADATA
# title: The question is for every dataset
touches_dataset(grant) if {
	grant.dataset != "*"
	count(input.question.datasets) == 0
}

# METADATA
# title: The question names the grant's dataset
touches_dataset(grant) if grant.dataset in input.question.datasets

# METADATA
# title: The grant is for every schema
touches_schemata(grant) if "*" in grant.schemata

# METADATA
# title: The question is for every schema
touches_schemata(grant) if {
	count(grant.schemata) > 0
	count(input.question.schemata) == 0
}

# METADATA
# title: The question names one of the grant's schemata
touches_schemata(grant) if {
	some schema in input.question.schemata
	schema in grant.schemata
}

# METADATA
# title: Revoked, whenever that was
dead contains ["grant-revoked", grant.ref] if {
	some grant in addressed
	not is_null(grant.revoked_at)
}

# METADATA
# title: Over
dead contains ["grant-expired", grant.ref] if {
	some grant in addressed
	is_null(grant.revoked_at)
	grant.expires_at <= input.now
}

# METADATA
# title: Not yet begun
dead contains ["grant-not-yet", grant.ref] if {
	some grant in addressed
	is_null(grant.revoked_at)
	grant.expires_at > input.now
	grant.not_before > input.now
}

# METADATA
# title: A tier that shows nothing, or that nobody knows
dead contains ["grant-shows-nothing", grant.ref] if {
	some grant in addressed
	not data.law.rank[grant.mode]
}

# METADATA
# title: Grants in force
live := [grant |
	some grant in addressed
	is_null(grant.revoked_at)
	grant.expires_at > input.now
	grant.not_before <= input.now
	data.law.rank[grant.mode]
]

# METADATA
# title: In force, for another purpose
short contains ["purpose-not-covered", grant.ref] if {
	some grant in live
	not input.mandate.purpose in grant.purposes
}

# METADATA
# title: In force, on another legal basis
short contains ["basis-not-covered", grant.ref] if {
	some grant in live
	not input.mandate.legal_basis in grant.legal_bases
}

# METADATA
# title: In force, for nobody that the purpose reaches
short contains ["category-not-covered", grant.ref] if {
	some grant in live
	count(categories(grant)) == 0
}

# METADATA
# title: In force, for other cases
short contains ["case-not-covered", grant.ref] if {
	some grant in live
	count(grant.cases) > 0
	not input.mandate.case in grant.cases
}

# METADATA
# title: In force, for people in other roles
short contains ["role-not-covered", grant.ref] if {
	some grant in live
	not role_covered(grant)
}

# METADATA
# title: In force, for other units
short contains ["unit-not-covered", grant.ref] if {
	some grant in live
	count(grant.units) > 0
	not input.actor.unit in grant.units
}

# METADATA
# title: One of the person's roles is one of the grant's
role_covered(grant) if {
	some role in input.actor.roles
	role in grant.roles
}

# METADATA
# title: Categories that the grant gives and the purpose reaches
# description: UNCATEGORISED is in no reach, so it is never among them.
categories(grant) := {category |
	some category in grant.categories
	category in data.law.reach[input.mandate.purpose]
}

# METADATA
# title: Refs of the grants in force that fall short
short_refs contains fault[1] if some fault in short

# METADATA
# title: Grants that cover the question
covering := [grant |
	some grant in live
	not grant.ref in short_refs
]

# METADATA
# title: The covering grants by ref
by_ref[grant.ref] := grant if some grant in covering

# METADATA
# title: The covering refs in order
refs := sort({grant.ref | some grant in covering})

# METADATA
# title: Rules that the mandate breaks
rules contains rule if some rule in data.entente.mandate.faults

# METADATA
# title: Rules that grants out of force break
rules contains fault[0] if some fault in dead

# METADATA
# title: Rules that grants in force break
rules contains fault[0] if some fault in short

# METADATA
# title: No grant touches the question
rules contains "no-grant" if count(addressed) == 0

# METADATA
# title: Refs of the grants that break a rule, in order
faulty_refs(rule) := sort({fault[1] | some fault in (dead | short); fault[0] == rule})

# METADATA
# title: The highest tier of the covering grants
mode := highest if {
	some highest, rank in data.law.rank
	some grant in covering
	grant.mode == highest
	every other in covering { data.law.rank[other.mode] <= rank }
}

# METADATA
# title: The lowest page limit of the covering grants, so that no grant's own is exceeded
max_rows := lowest if {
	limits := {grant.max_rows | some grant in covering}
	some lowest in limits
	every limit in limits { lowest <= limit }
}

# METADATA
# title: What one grant lets through
branch(grant) := {
	"grant": grant.ref,
	"mode": grant.mode,
	"filter": data.entente.rows.filter(grant, categories(grant)),
}
