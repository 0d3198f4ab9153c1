# METADATA
# title: What other services permit this node to pass on
# description: |
#   A consent opens no record by itself: a grant must let it through as well. It ends the withholding under
#   H2 of the records it names, for the services and purposes it names, while it is in force.
package entente.consents

# METADATA
# title: The input has the types that the comparisons below need
well_formed if {
	is_array(input.consents)
	every consent in input.consents { consent_well_formed(consent) }
}

# METADATA
# title: One consent has the types that the comparisons below need
consent_well_formed(consent) if {
	is_string(consent.provider)
	is_string(consent.recipient)
	is_string(consent.use)
	is_array(consent.purposes)
	is_array(consent.to)
	is_array(consent.records)
	is_number(consent.not_before)
	is_number(consent.expires_at)
	withdrawal_well_formed(consent)
}

# METADATA
# title: Not withdrawn
withdrawal_well_formed(consent) if is_null(consent.withdrawn_at)

# METADATA
# title: Withdrawn at a time
withdrawal_well_formed(consent) if is_number(consent.withdrawn_at)

# METADATA
# title: Consents to this node, for this partner and purpose, in force
# description: Any withdrawal ends one, whatever its time.
permitting := [consent |
	some consent in input.consents
	consent.use == "ONWARD"
	consent.recipient == input.node
	input.partner in consent.to
	input.mandate.purpose in consent.purposes
	is_null(consent.withdrawn_at)
	consent.not_before <= input.now
	consent.expires_at > input.now
]

# METADATA
# title: Ids of one owner's records that may be passed on, in order
records(provider) := sort({record |
	some consent in permitting
	consent.provider == provider
	some record in consent.records
})

# METADATA
# title: The owners who permit something, in order
consenting := sort({consent.provider | some consent in permitting})
