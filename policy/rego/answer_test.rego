# METADATA
# title: What no yes may do, whichever vector it answers
package entente.answer_test

# METADATA
# title: The vectors of the answer that say yes
yes[title] := vector if {
	some title, vector in data.vectors
	vector.rule == "answer.decision"
	vector.decision.allow
}

# METADATA
# title: There are some
test_there_are_yes if count(yes) > 5

# METADATA
# title: No field is shown by a grant that masks it
test_masked_is_masked if {
	every vector in yes {
		decision := data.entente.answer.decision with input as vector.input
		every group in decision.shows { not unmasks(group, vector.input.grants) }
	}
}

# METADATA
# title: No branch reaches a person without a category
test_uncategorised_is_never_shared if {
	every vector in yes {
		decision := data.entente.answer.decision with input as vector.input
		every branch in decision.branches {
			some part in branch.filter.value
			part.field == "subject_category"
			not "UNCATEGORISED" in part.value
		}
	}
}

# METADATA
# title: A second later than its latest expiry nothing is left of a decision
test_nothing_outlives_its_grants if {
	every vector in yes {
		decision := data.entente.answer.decision with input as vector.input with input.now as vector.input.now + 100000000
		not decision.allow
	}
}

# METADATA
# title: A group shows a field that one of its grants masks
unmasks(group, grants) if {
	some grant in grants
	grant.ref in group.grants
	some name in group.fields
	name in grant.masked
}

# METADATA
# title: The check above can fail
test_the_check_can_fail if {
	unmasks({"fields": ["name"], "grants": ["g:1"]}, [{"ref": "g:1", "masked": ["name"]}])
}
