"""Who may read which part of a node's log."""

import pytest

from policy.log_readers import LogMatter, LogReader, may_read_log


@pytest.mark.parametrize("reader", LogReader)
def test_every_reader_checks_proofs_and_oversight_alone_reads_entries(reader: LogReader) -> None:
    assert may_read_log(reader, LogMatter.PROOFS)
    assert may_read_log(reader, LogMatter.ENTRIES) is (reader is LogReader.OVERSIGHT)
