# SPDX-License-Identifier: Apache-2.0
"""Names, numbers and addresses are read as the standards say, or refused; never in silence as
something else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from broken_packages import BROKEN, MANIFEST, WITH_MANIFEST, changed, linked_by
from small_packages import META, VNFD, Make, manifest, rules, write_csar

import descriptors
from descriptors import building, model
from descriptors.archive import entries
from descriptors.package import FIELD, STRICT
from descriptors.tosca import documents


def said(package: descriptors.Package, rule: str) -> list[str]:
    return [f"{item.message} {item.hint}" for item in package.findings if item.rule == rule]


def vdu(package: descriptors.Package) -> model.Vdu:
    assert isinstance(package.descriptor, model.Vnfd)
    return next(iter(package.descriptor.flavours["simple"].vdus.values()))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1:1", "1:1"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("on", "on"),
        ("No", "No"),
        ("y", "y"),
        ("True", True),
        ('"010"', "010"),
        ("1e3", 1000.0),
        ("~", None),
        ("2001-01-01", "2001-01-01"),
        ("=", "="),
        ("22:30", "22:30"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    findings = documents.Findings()
    text = f"a: {written}".encode()
    document = documents.load(text, "x", descriptors.Limits(), findings)
    assert (document, type(document["a"])) == ({"a": value}, type(value))
    is_told = written in ("010", "1:1", "1_000", "0b11", "on", "No", "22:30")
    assert [item.rule for item in findings] == ["yaml-version"] * is_told


def test_keys_are_the_names_that_are_written() -> None:
    text = b'on: 1\n"no": 2\n010: 3\n1.10: 4\n~: 5\n'
    document = documents.load(text, "x", descriptors.Limits(), documents.Findings())
    assert document == {"on": 1, "no": 2, "010": 3, "1.10": 4, "~": 5}


def test_a_node_that_is_called_on_is_that_node(make: Make) -> None:
    package = descriptors.read(
        make(vnfd=VNFD.replace("    vdu:\n", "    on:\n").replace("binding: vdu", 'binding: "on"'))
    )
    assert (package.errors, vdu(package).id) == ([], "on")


@pytest.mark.parametrize("number", ["1:1", "1_000", "yes", "'2'"])
def test_a_number_of_vcpus_that_is_none_is_refused(make: Make, number: str) -> None:
    package = descriptors.read(make(vnfd=VNFD.replace("_cpu: 2", f"_cpu: {number}")))
    assert rules(package) == {"tosca-value-type"}


@pytest.mark.parametrize("word", ["yes", "no", "on"])
def test_a_word_that_is_no_boolean_any_more_is_refused_and_says_what_to_write(
    make: Make, word: str
) -> None:
    at_required = VNFD.replace("{ default: me }", f"{{ default: me, required: {word} }}")
    [words] = said(descriptors.read(make(vnfd=at_required)), "tosca-value-type")
    assert "true or false" in words
    as_value = VNFD.replace(
        "layer_protocols: [ ipv4 ]", f"layer_protocols: [ ipv4 ], trunk_mode: {word}"
    )
    [words] = said(descriptors.read(make(vnfd=as_value)), "tosca-value-type")
    assert "write true or false" in words


@pytest.mark.parametrize(
    ("size", "mebibytes"), [("1 GiB", 1024), ("512 MB", 489), ("1 TiB", 2**20)]
)
def test_sizes_within_reason_are_read(make: Make, size: str, mebibytes: int) -> None:
    package = descriptors.read(make(vnfd=VNFD.replace("1 GiB", size)))
    assert (package.findings, vdu(package).memory) == ([], mebibytes)


@pytest.mark.parametrize("change", [("1 GiB", "9" * 18 + " TiB"), ("_cpu: 2", "_cpu: 99999999")])
def test_sizes_beyond_reason_are_refused(make: Make, change: tuple[str, str]) -> None:
    package = descriptors.read(make(vnfd=VNFD.replace(*change)))
    assert rules(package) == {"sol001-size"}
    assert vdu(package).memory > 0


def test_an_input_counts_with_its_default_and_is_refused_without(make: Make) -> None:
    text = VNFD.replace("_cpu: 2", "_cpu: { get_input: cpus }")
    inputs = "topology_template:\n  inputs: {{ cpus: {{ type: integer{} }} }}\n"
    good = text.replace("topology_template:\n", inputs.format(", default: 3"))
    assert vdu(descriptors.read(make(vnfd=good))).vcpus == 3
    bad = text.replace("topology_template:\n", inputs.format(""))
    [words] = said(descriptors.read(make(vnfd=bad)), "tosca-input-value")
    assert "cpus" in words and "vdu" in words


@pytest.mark.parametrize("id", ["my/vnfd", "my vnfd", "vnfd?", "a#b", "50%", "..", "ü", "x" * 300])
def test_an_id_that_no_url_can_carry_is_refused(make: Make, id: str) -> None:
    text = VNFD.replace("11111111-2222-4333-8444-555555555555", f'"{id}"')
    assert rules(descriptors.read(make(vnfd=text))) == {"sol001-id"}


@pytest.mark.parametrize("id", ["a", "urn:uuid:1-2", "com.example_vnf~1", "a@b+c"])
def test_an_id_that_urls_can_carry_is_taken(make: Make, id: str) -> None:
    text = VNFD.replace("11111111-2222-4333-8444-555555555555", f'"{id}"')
    assert descriptors.read(make(vnfd=text)).findings == []


@pytest.mark.parametrize(
    "cidr",
    [
        "mynet",
        "010.077.001.0/24",
        "１０.0.0.0/24",
        '"fd00::/64"',
        "10.0.0.0/31",
        "10.0.0.0/33",
        "1",
    ],
)
def test_a_cidr_that_cannot_be_used_is_refused(tmp_path: Path, cidr: str) -> None:
    broken = changed(*linked_by(cidr), text=VNFD)
    assert rules(descriptors.read(broken.write(tmp_path))) & {"sol001-address", "tosca-value-type"}


def test_a_cidr_with_host_bits_is_the_network(tmp_path: Path) -> None:
    broken = changed(*linked_by("10.66.0.7/24"), text=VNFD)
    package = descriptors.read(broken.write(tmp_path))
    assert rules(package) == set() and "10.66.0.0/24 counts" in said(package, "sol001-host-bits")[0]
    assert isinstance(package.descriptor, model.Vnfd)
    link = package.descriptor.flavours["simple"].virtual_links["inner"]
    assert (link.cidr, link.subnets[0].cidr) == ("10.66.0.0/24", "10.66.0.0/24")
    assert rules(descriptors.read(broken.write(tmp_path), profile=STRICT)) == {"sol001-host-bits"}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("gateway_ip: 10.0.1.1", "not in 10.0.0.0/24"),
        ("gateway_ip: mygate", "no address"),
        (
            "ip_allocation_pools: [ { start_ip_address: 10.0.0.9, end_ip_address: 10.0.0.2 } ]",
            "empty",
        ),
        (
            "ip_allocation_pools: [ { start_ip_address: 10.0.0.9, end_ip_address: 10.0.2.2 } ]",
            "not in",
        ),
        (
            "gateway_ip: 10.0.0.9, "
            "ip_allocation_pools: [ { start_ip_address: 10.0.0.9, end_ip_address: 10.0.0.9 } ]",
            "has 0 addresses for the 1 port",
        ),
    ],
)
def test_gateway_and_pools_fit_the_subnet(tmp_path: Path, more: str, word: str) -> None:
    broken = changed(*linked_by(f"10.0.0.0/24, {more}"), text=VNFD)
    [words] = said(descriptors.read(broken.write(tmp_path)), "sol001-address")
    assert word in words


def test_a_subnet_is_large_enough_for_the_largest_level(tmp_path: Path) -> None:
    text = BROKEN["vnfd-instances"].vnfd  # one VNFC, and two steps of one more
    for cidr, room in (("10.0.0.0/29", 5), ("10.0.0.0/30", 1)):
        broken = changed(*linked_by(cidr), text=text)
        package = descriptors.read(broken.write(tmp_path))
        words = said(package, "sol001-address")
        assert [f"has {room} addresses for the 3 ports" in item for item in words] == [True] * (
            room < 3
        )


@pytest.mark.parametrize("number", ["1.0", "2", "1.5"])
def test_a_number_for_a_string_is_read_as_written(make: Make, number: str) -> None:
    text = VNFD.replace('_version: { default: "1" }', f"_version: {{ default: {number} }}", 1)
    listed = manifest({"Definitions/vnfd.yaml": text})
    listed = listed.replace("version: 1", f"version: {number}")
    meta = META + "ETSI-Entry-Manifest: vnfd.mf\n"
    package = descriptors.read(make({"vnfd.mf": listed}, vnfd=text, meta=meta))
    assert {item.rule for item in package.findings} == {"tosca-number-for-string"}
    assert isinstance(package.descriptor, model.Vnfd) and package.descriptor.version == number


def test_a_number_for_a_string_may_stand_in_a_capability_too(make: Make) -> None:
    text = VNFD.replace("num_virtual_cpu: 2", "num_virtual_cpu: 2, cpu_architecture: 86")
    package = descriptors.read(make(vnfd=text))
    assert {item.rule for item in package.findings} == {"tosca-number-for-string"}


@pytest.mark.parametrize("number", ["1.10", "010", "1e3", "0x10"])
def test_a_number_for_a_string_that_would_be_another_is_refused(make: Make, number: str) -> None:
    text = VNFD.replace('_version: { default: "1" }', f"_version: {{ default: {number} }}", 1)
    assert "tosca-value-type" in rules(descriptors.read(make(vnfd=text)))


@pytest.mark.parametrize(
    "rule",
    [
        "substitution-undeclared-name",
        "tosca-missing-description",
        "tosca-missing-protocol",
        "tosca-number-for-string",
        "tosca-stray-key",
        "vnfd-image-named",
        "pnfd-open-cp",
        "csar-unguarded",
    ],
)
def test_what_has_one_meaning_is_taken_in_the_field_and_refused_by_the_letter(
    tmp_path: Path, rule: str
) -> None:
    path = BROKEN[rule].write(tmp_path)
    field, strict = descriptors.read(path), descriptors.read(path, profile=STRICT)
    assert (field.ok, field.profile) == (True, FIELD)
    assert (rule in rules(strict), strict.profile) == (True, STRICT)
    assert field.descriptor == strict.descriptor


def test_a_cp_that_is_exposed_by_an_undeclared_name_is_external(tmp_path: Path) -> None:
    package = descriptors.read(BROKEN["substitution-undeclared-name"].write(tmp_path))
    assert isinstance(package.descriptor, model.Vnfd)
    df = package.descriptor.flavours["simple"]
    assert (df.requirements["beyond"], set(df.ext_cpds)) == ("cp", {"cp"})


HASH = "Algorithm: SHA-256\nHash: 0000\n"


@pytest.mark.parametrize(
    ("block", "rule"),
    [
        (f"- Source: Definitions/vnfd.yaml\n{HASH}", "csar-hash"),
        (f"Sorce: Definitions/vnfd.yaml\n{HASH}", "csar-manifest-entry"),
        (f"Name: Definitions/vnfd.yaml\n{HASH}", "csar-manifest-entry"),
        (f"SOURCE: Definitions/vnfd.yaml\n{HASH.upper()}", "csar-hash"),
        ("Source: Definitions/vnfd.yaml\nAlgorithm: SHA-256\nHsh: 0000\n", "csar-manifest-entry"),
        ("Source: Definitions/vnfd.yaml\nAlgoritm: SHA-256\nHash: 0000\n", "csar-manifest-entry"),
        (f"Source: Definitions/vnfd.yaml\n{HASH}Hash: 1111\n", "csar-manifest-entry"),
        (f"Source: ./Definitions//vnfd.yaml\n{HASH}", "csar-hash"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", ""])
def test_a_wrong_hash_never_passes_by_whatever_name_its_keys_go(
    make: Make, block: str, rule: str, gap: str
) -> None:
    text = MANIFEST.rstrip() + "\n" + gap + block
    package = descriptors.read(make({"vnfd.mf": text}, meta=WITH_MANIFEST))
    assert rule in rules(package), package.findings


def test_a_source_without_a_hash_is_said_to_be_unguarded(make: Make) -> None:
    text = MANIFEST + "Source: Definitions/vnfd.yaml\n"
    package = descriptors.read(make({"vnfd.mf": text}, meta=WITH_MANIFEST))
    assert said(package, "csar-unguarded")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"x/TOSCA-Metadata/TOSCA.meta": META}, "in the folder x/"),
        ({"x/Definitions/vnfd.yaml": VNFD, "x/y": ""}, "in the folder x/"),
        ({"Tosca-Metadata/Tosca.meta": META}, "must be spelled TOSCA-Metadata/TOSCA.meta"),
        ({"hello.YML": VNFD}, "call hello.YML hello.yml"),
        (
            {
                "TOSCA-Metadata/TOSCA.meta": META.replace("Definitions/", '"/Definitions/') + '"',
                "Definitions/vnfd.yaml": VNFD,
            },
            "write Definitions/vnfd.yaml",
        ),
        (
            {"TOSCA-Metadata/TOSCA.meta": META, "Definitions/vnfd.yml": VNFD},
            "did you mean Definitions/vnfd.yml",
        ),
        ({"Definitions\\hello.yaml": VNFD}, "has a backslash in its name"),
    ],
)
def test_a_near_miss_of_the_layout_is_named(
    tmp_path: Path, files: dict[str, str | bytes | None], words: str
) -> None:
    package = descriptors.read(write_csar(tmp_path / "x.csar", files, bare=True))
    assert any(words in f"{item.message} {item.hint}" for item in package.errors), package.errors


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\n\tb: 1\n", "a tab"),
        ("a: 1\n---\nb: 2\n", "expected a single document"),
        ("a: [1\nb: 2", "while parsing a flow sequence"),
    ],
)
def test_broken_yaml_is_explained_in_whole_sentences(make: Make, text: str, words: str) -> None:
    [message] = said(descriptors.read(make(vnfd=text)), "yaml-syntax")
    assert words in message


def test_the_encoding_of_a_name_is_named(tmp_path: Path) -> None:
    package = descriptors.read(BROKEN["csar-name-encoding"].write(tmp_path))
    assert "Files/ü" in [file.path for file in package.files]
    assert "UTF-8" in said(package, "csar-name-encoding")[0]
    japanese = zipfile.ZipInfo("説明".encode("shift_jis").decode("cp437"))
    assert entries.path(japanese) == japanese.filename
    assert not entries.has_stated_encoding(japanese)


def test_a_name_in_another_unicode_form_is_named(make: Make) -> None:
    text = MANIFEST + f"Source: Files/\u00fc\n{HASH}"
    package = descriptors.read(make({"vnfd.mf": text, "Files/u\u0308": "x"}, meta=WITH_MANIFEST))
    assert "Unicode form" in said(package, "csar-missing-file")[0]


def test_a_manifest_in_utf_16_is_read_and_told(make: Make) -> None:
    text = (MANIFEST + f"Source: Definitions/vnfd.yaml\n{HASH}").encode("utf-16")
    package = descriptors.read(make({"vnfd.mf": text}, meta=WITH_MANIFEST))
    assert rules(package) == {"csar-hash"} and "UTF-16" in said(package, "csar-text-encoding")[0]


def constrained(definition: str, value: str) -> str:
    """The VNFD with a property of its own at the VNF."""
    text = VNFD.replace(
        "provider: { default: me }", f"provider: {{ default: me }}\n      own: {definition}"
    )
    return text.replace(
        "VNF: { type: test.VNF }", f"VNF: {{ type: test.VNF, properties: {{ own: {value} }} }}"
    )


def test_a_list_is_one_of_the_lists_that_are_valid(make: Make) -> None:
    definition = (
        "{ type: list, entry_schema: { type: string }, constraints: [ valid_values: [ [ a ] ] ] }"
    )
    assert descriptors.read(make(vnfd=constrained(definition, "[ a ]"))).findings == []
    assert rules(descriptors.read(make(vnfd=constrained(definition, "[ b ]")))) == {
        "tosca-constraint"
    }


def test_a_constraint_that_no_such_value_can_meet_is_said_at_its_line(make: Make) -> None:
    definition = "{ type: string, constraints: [ greater_or_equal: 1 ] }"
    package = descriptors.read(make(vnfd=constrained(definition, "x")))
    assert [(item.rule, item.line > 0) for item in package.errors] == [("tosca-constraint", True)]
    assert "greater_or_equal" in package.errors[0].message


def test_a_file_by_itself_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    types, topology = VNFD.split("topology_template:")
    version = "tosca_definitions_version: tosca_simple_yaml_1_3\n"
    (tmp_path / "types.yaml").write_text(types)
    alone = tmp_path / "alone.yaml"
    alone.write_text(f"{version}imports: [ types.yaml ]\ntopology_template:{topology}")
    assert building.read(alone).findings == []
    assert "tosca-import-missing" in rules(descriptors.read(alone))  # as a service reads it
    (tmp_path / "types.yaml").rename(tmp_path / "real")
    (tmp_path / "types.yaml").symlink_to("real")
    assert "tosca-import-missing" in rules(building.read(alone))


@pytest.mark.parametrize(
    ("version", "is_known"), [("2.7.1", False), ("3.5.1", False), ("2.6.1", True), ("4.4.1", True)]
)
def test_types_of_a_version_that_is_not_known_here_are_not_judged(
    make: Make, version: str, is_known: bool
) -> None:
    types = (
        "tosca_definitions_version: tosca_simple_yaml_1_3\n"
        f"description: ETSI NFV SOL 001 vnfd types definitions version {version}\n"
        "data_types:\n  tosca.datatypes.nfv.VduLevel:\n    derived_from: tosca.datatypes.Root\n"
        "    properties: { number_of_instances: { type: integer, required: false } }\n"
    )
    text = VNFD.replace("vnfd_types.yaml ]", "vnfd_types.yaml, own.yaml ]")
    package = descriptors.read(make({"Definitions/own.yaml": types}, vnfd=text))
    assert {item.rule for item in package.findings} == ({"types-differ"} if is_known else set())
