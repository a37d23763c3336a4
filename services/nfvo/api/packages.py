# SPDX-License-Identifier: Apache-2.0
"""The resources of packages (SOL005 5.4, 9.4): made, filled, switched, read in parts, deleted.

VNF packages and NSDs differ by their row in `package_kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mano import store
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, modifications
from mano.sol import documents
from mano.sol.documents import Body
from nfvo import contents, onboarded, onboarding
from nfvo.package_kinds import PackageKind

SUFFIXES = {
    "application/zip": ".zip",
    "application/octet-stream": ".zip",
    "text/plain": ".yaml",
    "application/x-yaml": ".yaml",
    "application/yaml": ".yaml",
    "text/yaml": ".yaml",
}
FILLABLE = ("CREATED", "ERROR")


@dataclass(frozen=True)
class Packages:
    """The handlers for one kind.

    `left_out` are the attributes that lists leave out unless asked for; `links` are those to parts,
    {name: path below the package}; `empty` is what a new one has besides its states."""

    kind: PackageKind
    left_out: tuple[str, ...]
    links: Mapping[str, str]
    empty: Body = field(default_factory=dict)

    def query(self, request: Request) -> Reply:
        """GET."""
        return listing.listing(
            request, self.kind.collection, shown=self.shown, leave_out=self.left_out
        )

    def create(self, request: Request) -> Reply:
        """POST: 201 with an empty package."""
        id = documents.new_id()
        body = {
            "id": id,
            self.kind.onboarding: "CREATED",
            self.kind.operational: "DISABLED",
            self.kind.usage: "NOT_IN_USE",
            **self.empty,
            "userDefinedData": (request.body or {}).get("userDefinedData", {}),
        }
        document = request.tx.add(self.kind.collection, id, body)
        headers = {"Location": self.kind.path(id), **etags.header(document)}
        return Reply(201, self.shown(document, request), headers)

    def read(self, request: Request) -> Reply:
        """GET of one."""
        document = self.get(request)
        body = self.shown(document, request)
        if self.kind.known_to_vnfm and document.body[self.kind.onboarding] == "PROCESSING":
            body |= onboarding.waiting(request.tx, self.kind, document.id)
        return etags.individual(request, document, body)

    def modify(self, request: Request) -> Reply:
        """PATCH of operational state and user data: 200 with what was changed.

        409 if it is so already or not ONBOARDED, 422 for what cannot be changed."""
        document = self.get(request, lock=True)
        etags.check_if_match(request, document)
        operational = self.kind.operational
        modifications.check(
            request.body, (operational, "userDefinedData"), mandatory=(operational,)
        )
        if operational in request.body:
            self._check_switch(document, request.body[operational])
        document.body, changes = modifications.apply(document.body, request.body)
        request.tx.put(document)
        if operational in changes:
            change = {**self.kind.on_change, operational: changes[operational]}
            self.kind.notify(request.tx, document, change)
        return Reply(200, changes, etags.header(document))

    def delete(self, request: Request) -> Reply:
        """DELETE: 204; 409 while ENABLED or in use."""
        document = self.get(request, lock=True)
        if document.body[self.kind.operational] == "ENABLED":
            raise Problem(
                409,
                f"{document.kind} {document.id} is ENABLED; set {self.kind.operational} to "
                "DISABLED first (PATCH).",
            )
        if document.body[self.kind.usage] == "IN_USE":
            raise Problem(
                409,
                f"{document.kind} {document.id} is in use; delete the instances made from it "
                "first.",
            )
        onboarding.remove(request.tx, self.kind, document.id)
        request.tx.remove(document)
        self.kind.notify(request.tx, document, self.kind.on_deletion)
        return Reply(204)

    def replace_content(self, request: Request) -> Reply:
        """PUT of the content: 202, the check follows.

        Problem 409 once ONBOARDED or while another upload is checked."""
        document = self.get(request, lock=True)
        state = document.body[self.kind.onboarding]
        if state not in FILLABLE:
            raise Problem(
                409,
                f"{document.kind} {document.id} is {state}; content is taken while it is CREATED "
                "or ERROR.",
            )
        assert request.stream is not None
        if not request.tx.write_content(_content(document), request.stream):
            raise Problem(400, "The body is empty; send the package.")
        self.kind.enter(document, "PROCESSING")
        for name in ("onboardingFailureDetails", "findings"):
            document.body.pop(name, None)
        request.tx.put(document)
        suffix = SUFFIXES.get(request.media_type, ".zip")
        onboarding.schedule(request.tx, self.kind, document.id, suffix)
        return Reply(202, None, {"Location": self.kind.path(document.id)})

    def read_content(self, request: Request) -> Reply:
        """GET of the whole package, or a range of it."""
        document, _ = self._onboarded(request)
        media = contents.TEXT if _is_one_file(request, document) else contents.ZIP
        accept = request.headers.get("accept", "*/*")
        acceptable = any(word in accept for word in (contents.ZIP, "*/*", "application/*"))
        if media == contents.ZIP and not acceptable:
            raise Problem(
                406,
                f"{document.kind} {document.id} is a package; it can be had as {contents.ZIP}, "
                f"not as {accept}.",
            )
        return contents.whole(request, _content(document), media)

    def read_descriptor(self, request: Request) -> Reply:
        """GET of the descriptor: the YAML files of the package, zipped, or its one file as text."""
        document, details = self._onboarded(request)
        if _is_one_file(request, document):
            return contents.whole(request, _content(document), contents.TEXT)
        paths = [path for path, _, _ in details["files"]]
        files = [path for path in paths if path.endswith((".yaml", ".yml", ".meta"))]
        return contents.definitions(request, _content(document), files, details["entry"])

    def read_manifest(self, request: Request) -> Reply:
        """GET of the manifest; Problem 404 if the package has none."""
        document, details = self._onboarded(request)
        if not details["manifest"]:
            raise Problem(404, f"{document.kind} {document.id} has no manifest.")
        return contents.file(request, _content(document), details["manifest"], contents.TEXT)

    def read_artifact(self, request: Request) -> Reply:
        """GET of one file of the package."""
        document, _ = self._onboarded(request)
        path = request.params["artifactPath"]
        return contents.file(request, _content(document), path, "application/octet-stream")

    def get(self, request: Request, lock: bool = False) -> store.Document:
        """The one that the path names."""
        return request.tx.get(self.kind.collection, request.params[self.kind.id], lock=lock)

    def shown(self, document: store.Document, request: Request) -> Body:
        """The VnfPkgInfo or NsdInfo."""
        url = f"{request.base}{self.kind.path(document.id)}"
        parts = {name: f"{url}/{part}" for name, part in self.links.items()}
        return documents.shown(document.body, {"self": url, **parts})

    def _check_switch(self, document: store.Document, state: str) -> None:
        onboarding_state = document.body[self.kind.onboarding]
        if onboarding_state != "ONBOARDED":
            raise Problem(
                409,
                f"{document.kind} {document.id} is {onboarding_state}; it can be {state} once it "
                "is ONBOARDED.",
            )
        if document.body[self.kind.operational] == state:
            raise Problem(409, f"{document.kind} {document.id} is {state} already.")

    def _onboarded(self, request: Request) -> tuple[store.Document, onboarded.Details]:
        """The one that the path names and what was read of it.

        Problem 409 if it is not ONBOARDED."""
        document = self.get(request)
        state = document.body[self.kind.onboarding]
        if state != "ONBOARDED":
            raise Problem(409, f"{document.kind} {document.id} is {state}, not ONBOARDED.")
        return document, onboarded.details(request.tx, document.kind, document.id)


def _content(document: store.Document) -> str:
    """The id under which the package lies in the store."""
    return f"{document.kind}/{document.id}"


def _is_one_file(request: Request, document: store.Document) -> bool:
    first = request.tx.read_chunk(_content(document), 0) or b""
    return not first.startswith(b"PK")
