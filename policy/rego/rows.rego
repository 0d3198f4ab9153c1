# METADATA
# title: Which rows one grant lets through
# description: Pure functions of one grant and the input; `entente.answer` decides whether they count.
package entente.rows

# METADATA
# title: The row filter of one grant
# description: What the grant selects, and what is withheld whoever asks. Every part must hold.
filter(grant, categories) := {
	"type": "compound",
	"operator": "and",
	"value": array.concat(selected(grant, categories), withheld),
}

# METADATA
# title: The grant's own selection
selected(grant, categories) := array.concat(
	array.concat(dataset(grant), schemata(grant)),
	array.concat(
		array.concat(pinned("case_ref", grant.cases), pinned("id", grant.record_ids)),
		[field("in", "subject_category", sort(categories))],
	),
)

# METADATA
# title: Withheld from everybody but the own service
# description: |
#   Rows over their retention date are withheld from everybody. Rows that came from another service under
#   H2 are not passed on, not even inside the house, unless that service consented. A running investigation
#   is withheld from partners.
withheld := array.concat(
	[field("gt", "retain_until", input.now), {
		"type": "compound",
		"operator": "or",
		"value": array.concat([field("eq", "owner", input.node), field("eq", "h2", false)], released),
	}],
	ongoing,
)

# METADATA
# title: The records of others that their owners permit to pass on
released := [permitted(provider) | some provider in data.entente.consents.consenting]

# METADATA
# title: Those of one owner
permitted(provider) := {
	"type": "compound",
	"operator": "and",
	"value": [
		field("eq", "owner", provider),
		field("in", "id", data.entente.consents.records(provider)),
	],
}

# METADATA
# title: Partners do not see running investigations
ongoing := [field("eq", "ongoing", false)] if input.partner != input.node

# METADATA
# title: The own service sees its running investigations
ongoing := [] if input.partner == input.node

# METADATA
# title: The grant is for every dataset
dataset(grant) := [] if grant.dataset == "*"

# METADATA
# title: The grant is for one dataset
dataset(grant) := [field("eq", "dataset", grant.dataset)] if grant.dataset != "*"

# METADATA
# title: The grant is for every schema
schemata(grant) := [] if "*" in grant.schemata

# METADATA
# title: The grant is for these schemata
schemata(grant) := [field("in", "schema", sort(grant.schemata))] if not "*" in grant.schemata

# METADATA
# title: Nothing named, nothing pinned
pinned(_, values) := [] if count(values) == 0

# METADATA
# title: A column is one of the named values
pinned(column, values) := [field("in", column, sort(values))] if count(values) > 0

# METADATA
# title: One comparison
field(operator, column, value) := {"type": "field", "operator": operator, "field": column, "value": value}
