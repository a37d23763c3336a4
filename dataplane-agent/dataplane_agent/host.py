# SPDX-License-Identifier: Apache-2.0
"""The host as a plan sees it: what does not change while the agent runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataplane_agent.interconnects import Interconnect
from dataplane_agent.port import Feature
from dataplane_agent.runtimes import Runtime


@dataclass(frozen=True)
class Host:
    """An agent's tag, its host's CPUs and features, the runtimes and interconnects it has."""

    tag: str
    cpus: tuple[int, ...]
    features: Mapping[str, Feature]
    interconnects: Mapping[str, Interconnect] = field(default_factory=dict)
    runtimes: Mapping[str, Runtime] = field(default_factory=dict)

    def works(self, feature: str) -> bool:
        """Whether the kernel has a feature, by probe."""
        return feature in self.features and self.features[feature]["works"]
