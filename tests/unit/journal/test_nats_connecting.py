"""``connect(journal=...)`` with a broker: the same tests as with a file."""

from __future__ import annotations

import uuid

import pytest

from tests.unit.journal.brokers import Broker, need_nats
from tests.unit.journal.test_connecting import (  # noqa: F401
    test_a_closed_connection_lets_others_poll_at_once,
    test_a_finished_operation_is_served_without_a_request,
    test_a_result_from_the_journal_fetches_from_the_server,
    test_another_connection_continues_where_one_was_closed,
    test_new_operations_that_are_watched_are_journaled,
    test_of_two_connections_one_polls_and_both_see_the_same,
    test_the_environment_may_name_the_journal,
)

need_nats()


@pytest.fixture
def url(broker: Broker) -> str:
    return f"{broker.url}/{uuid.uuid4().hex}"
