# SPDX-License-Identifier: Apache-2.0
"""What a VNF is to be, in a few words: the head that its composition is built from. Pure.

An operation is a change of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import cast

from descriptors import model
from mano.sol.documents import Body
from mano.sol.vnf_parameters import NAMESPACE, InstantiateParameters
from vnfm import resources


@dataclass(frozen=True)
class Head:
    """A VNF that is instantiated.

    `scale` are the scale levels by aspect beside the instantiation `level` (None: the default one),
    `ext_links` are ExtVirtualLinkData (SOL003 4.4.1.12), `parameters` the additionalParams."""

    vnfd: str
    flavour: str
    level: str | None = None
    scale: dict[str, int] = field(default_factory=dict)
    state: str = "STARTED"  # OperationalStateType
    ext_links: list[Body] = field(default_factory=list)
    parameters: Body = field(default_factory=dict)

    def dump(self) -> Body:
        """As a composition holds it."""
        return asdict(self)

    @property
    def own_parameters(self) -> Body:
        """The user's own additionalParams."""
        return {key: value for key, value in self.parameters.items() if key != NAMESPACE}

    @property
    def service(self) -> InstantiateParameters:
        """What its network service says of it."""
        return cast(InstantiateParameters, self.parameters.get(NAMESPACE, {}))

    def vnfcs(self, df: model.VnfDf) -> dict[str, int]:
        """The number of VNFCs by VDU; Problem 422 for levels that the flavour has not."""
        return resources.instances(df, self.level, self.scale)


def load(body: Body) -> Head:
    """As `dump` gave it."""
    return Head(**body)


def instantiate(vnfd: str, request: Body) -> Head:
    """By an InstantiateVnfRequest (SOL003 5.5.2.4)."""
    return Head(
        vnfd=vnfd,
        flavour=request["flavourId"],
        level=request.get("instantiationLevelId"),
        ext_links=request.get("extVirtualLinks", []),
        parameters=request.get("additionalParams") or {},
    )


def scaled(head: Head, scale: dict[str, int]) -> Head:
    """At other scale levels of some aspects."""
    return replace(head, scale={**head.scale, **scale})
