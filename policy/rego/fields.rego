# METADATA
# title: Which fields the covering grants show
# description: |
#   Groups of field names that the same grants show; a name is in one group. The record tier shows every
#   field, the core tier the core fields, the others none; masked is masked. `*` stands for every field that
#   no group names, and is always there: a field that nobody named is never shown by omission.
package entente.fields

# METADATA
# title: The groups
shows := array.concat(
	[
		{"fields": sort(core_plain), "grants": core_refs},
		{"fields": sort(other_plain), "grants": record_refs},
	],
	array.concat(
		[{"fields": [name], "grants": unmasking(name)} | some name in sort(masked)],
		unasked,
	),
)

# METADATA
# title: The question is for every field
everything if "*" in input.question.fields

# METADATA
# title: Every field that some covering grant masks
all_masked contains name if {
	some grant in data.entente.answer.covering
	some name in grant.masked
	name != "*"
}

# METADATA
# title: Asked for everything, all of them count
masked contains name if {
	everything
	some name in all_masked
}

# METADATA
# title: Otherwise those that are asked for
masked contains name if {
	some name in input.question.fields
	name in all_masked
}

# METADATA
# title: Asked for everything, all core fields that nobody masks
core_plain contains name if {
	everything
	some name in data.law.core
	not name in all_masked
}

# METADATA
# title: Otherwise those that are asked for
core_plain contains name if {
	some name in input.question.fields
	name in data.law.core
	not name in all_masked
}

# METADATA
# title: Other fields that are asked for and nobody masks, `*` among them
other_plain contains name if {
	some name in input.question.fields
	not name in data.law.core
	not name in all_masked
}

# METADATA
# title: Where the question names its fields, nobody shows the others
unasked := [{"fields": ["*"], "grants": []}] if not everything

# METADATA
# title: Where it is for everything, the others are among the groups
unasked := [] if everything

# METADATA
# title: Covering grants that show every field they do not mask
recording := [grant |
	some grant in data.entente.answer.covering
	grant.mode == "record"
	not "*" in grant.masked
]

# METADATA
# title: Covering grants that show the core fields they do not mask
showing := array.concat(recording, [grant |
	some grant in data.entente.answer.covering
	grant.mode == "core"
	not "*" in grant.masked
])

# METADATA
# title: Refs of the former, in order
record_refs := sort({grant.ref | some grant in recording})

# METADATA
# title: Refs of the latter, in order
core_refs := sort({grant.ref | some grant in showing})

# METADATA
# title: Refs of the grants that show a core field which others mask, in order
unmasking(name) := sort({grant.ref |
	some grant in showing
	not name in grant.masked
}) if name in data.law.core

# METADATA
# title: Refs of the grants that show another field which others mask, in order
unmasking(name) := sort({grant.ref |
	some grant in recording
	not name in grant.masked
}) if not name in data.law.core
