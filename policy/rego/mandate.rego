# METADATA
# title: What a mandate must hold, whoever checks it
# description: |
#   The home node checks it before it asks, the answering node again before it answers. `faults` are rule
#   ids; `data.law.reasons` gives each its public code. Nothing here looks at a grant.
package entente.mandate

# METADATA
# title: The input has the types that the comparisons below need
# description: Comparing across types is defined and wrong, so nothing is compared before this holds.
well_formed if {
	is_number(input.now)
	is_string(input.node)
	is_string(input.partner)
	actor_well_formed
	is_string(input.mandate.purpose)
	is_string(input.mandate.legal_basis)
	text_or_null(input.mandate.case)
	text_or_null(input.mandate.offence)
	is_string(input.mandate.subject_category)
	text_or_null(input.mandate.aim)
	is_number(input.mandate.opened_at)
	is_number(input.mandate.expires_at)
}

# METADATA
# title: The actor has the types that the comparisons need
actor_well_formed if {
	is_string(input.actor.node)
	is_string(input.actor.subject)
	text_or_null(input.actor.unit)
	is_array(input.actor.roles)
	every role in input.actor.roles { is_string(role) }
}

# METADATA
# title: A text that is there
text_or_null(value) if is_string(value)

# METADATA
# title: A text that is missing
# description: No string is empty in the input; what is missing is null.
text_or_null(value) if is_null(value)

# METADATA
# title: A mandate holds from its opening to its expiry
# description: A partner's clock may run ahead of ours by the skew; an expiry is an expiry on every clock.
faults contains "mandate-not-open" if input.mandate.opened_at > input.now + data.law.clock_skew

# METADATA
# title: An expired mandate is none
faults contains "mandate-not-open" if input.mandate.expires_at <= input.now

# METADATA
# title: The person who asks belongs to the service that asks
faults contains "actor-not-of-partner" if input.actor.node != input.partner

# METADATA
# title: A purpose needs one of its own legal bases
faults contains "basis-unfit" if not input.mandate.legal_basis in data.law.bases[input.mandate.purpose]

# METADATA
# title: Nobody asks about a person without a category
faults contains "uncategorised" if input.mandate.subject_category == "UNCATEGORISED"

# METADATA
# title: Cross-checking reaches Annex II A only, the other purposes Annex II B
faults contains "category-out-of-reach" if {
	input.mandate.subject_category != "UNCATEGORISED"
	not input.mandate.subject_category in data.law.reach[input.mandate.purpose]
}

# METADATA
# title: A mandate names its case
faults contains "case-missing" if is_null(input.mandate.case)

# METADATA
# title: A mandate names its offence
faults contains "offence-missing" if is_null(input.mandate.offence)

# METADATA
# title: A mandate names its aim
faults contains "aim-missing" if is_null(input.mandate.aim)

# METADATA
# title: Nobody holds oversight together with a role that it oversees
faults contains "roles-conflict" if {
	data.law.roles.oversees in input.actor.roles
	some role in data.law.roles.apart_from_oversight
	role in input.actor.roles
}
