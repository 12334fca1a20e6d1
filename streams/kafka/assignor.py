"""One member of a group has all partitions; the others stand by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aiokafka.cluster import ClusterMetadata


class OneMember(AbstractPartitionAssignor):  # type: ignore[misc]  # aiokafka is untyped here
    """Gives all partitions to the member that had them before, else to the first by its id."""

    name = "kabar-one-member"
    version = 0
    _HELD = b"active"
    held = False
    """Whether this process has the partitions: it tells the others when it joins again."""

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Return what each member gets."""
        topics = {topic for member in members.values() for topic in member.subscription}
        everything = [
            (topic, sorted(partitions))
            for topic in sorted(topics)
            if (partitions := cluster.partitions_for_topic(topic))
        ]
        active = min(members, key=lambda one: (members[one].user_data != cls._HELD, one))
        return {
            one: ConsumerProtocolMemberAssignment(cls.version, everything if one == active else [], b"")
            for one in members
        }

    @classmethod
    def metadata(cls, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return what this member says of itself when it joins."""
        return ConsumerProtocolMemberMetadata(
            cls.version, sorted(topics), cls._HELD if cls.held else b"standby"
        )

    @classmethod
    def on_assignment(cls, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Take note of what this member got."""
        cls.held = bool(assignment.partitions())
