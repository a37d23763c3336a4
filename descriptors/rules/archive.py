# SPDX-License-Identifier: Apache-2.0
"""Rules of the archive, of TOSCA.meta, the manifest and signatures."""

from __future__ import annotations

ERRORS = (
    ("csar-unreadable", "There is no such file or folder, or it may not be read.", ""),
    ("csar-not-a-zip", "The file is neither a zip nor a TOSCA YAML file.", "SOL004 4.1"),
    ("csar-truncated", "The file begins as a zip but its end is missing.", ""),
    ("csar-corrupt", "A file of the archive cannot be unpacked.", ""),
    (
        "csar-limit",
        "The archive exceeds a limit (`entries`, `total`, `ratio`), which the finding names.",
        "",
    ),
    ("csar-unsafe-path", "A name in the archive leads out of the package.", "SOL004 4.1"),
    ("csar-symlink", "The package holds a symbolic link.", ""),
    ("csar-encrypted", "A file is encrypted by the zip; SOL004 encrypts with CMS.", "SOL004 5.1"),
    (
        "csar-method",
        "A file is compressed in another way than by deflation; how large it becomes cannot "
        "be limited.",
        "SOL004 4.1",
    ),
    ("csar-overlap", "Files of the archive share bytes.", ""),
    ("csar-duplicate", "A name is twice in the archive.", ""),
    (
        "csar-option2",
        "A zip that wraps a CSAR with its signature holds something else besides, or lacks a part.",
        "SOL004 5.1",
    ),
    (
        "csar-no-entry",
        "Nothing says which YAML file is the entry, or it is not there.",
        "SOL004 4.1.2",
    ),
    ("csar-no-manifest", "TOSCA.meta names a manifest that is not in the package.", "SOL004 4.3"),
    ("csar-manifest", "The manifest has no metadata.", "SOL004 4.3.2"),
    (
        "csar-manifest-entry",
        "A block states a hash of no file, a key is misspelt, or is there twice.",
        "SOL004 4.3.2",
    ),
    (
        "csar-missing-file",
        "A file that TOSCA.meta or the manifest lists is not in the package.",
        "SOL004 4.3.2",
    ),
    (
        "csar-algorithm",
        "The hash algorithm is none of SHA-224, SHA-256, SHA-384, SHA-512.",
        "SOL004 4.3.2",
    ),
    ("csar-hash", "A file's hash is not the one stated.", "SOL004 5.3"),
    (
        "csar-missing-artifact",
        "A descriptor names an artifact or a script that is not in the package.",
        "SOL004 4.1",
    ),
    ("csar-artifact-path", "A descriptor names an artifact outside of the package.", "SP 3.6.7"),
    ("signature-missing", "A signature is required, or named, and not there.", "SOL004 5.1"),
    ("signature-invalid", "What was signed was changed, or the signature is none.", "SOL004 5.1"),
    (
        "signature-certificate",
        "The signer's certificate is neither in the signature nor beside it.",
        "SOL004 5.1",
    ),
    (
        "signature-expired",
        "The certificate of the signer, or of an authority above, is not valid now.",
        "RFC 5280 6.1",
    ),
    (
        "signature-revoked",
        "The signer's certificate was revoked by a list among the trust anchors.",
        "RFC 5280 6.3",
    ),
    ("signature-uncovered", "The manifest is signed but has no hash of a file.", "SOL004 4.3.2"),
    (
        "signature-unchecked",
        "Signatures cannot be checked here: openssl, or the file of trust anchors, is missing.",
        "",
    ),
    ("signature-untrusted", "No trust anchor vouches for the signer.", "RFC 5280 6.1"),
)
BY_PROFILE = (
    (
        "csar-unguarded",
        "There is no manifest, or it lists no file: no hash guards the package.",
        "SOL004 4.3",
    ),
    (
        "csar-name-encoding",
        "A file's name is not said to be UTF-8; it is read as UTF-8, else as code page 437.",
        "SOL004 4.1",
    ),
    (
        "csar-text-encoding",
        "TOSCA.meta or the manifest is no UTF-8.",
        "SOL004 4.3.2",
    ),
    (
        "csar-manifest-differs",
        "The manifest's id, provider, product or version is not the descriptor's, which counts.",
        "SOL004 4.3.2",
    ),
)
WARNINGS = (
    (
        "csar-meta-syntax",
        "A line of TOSCA.meta or the manifest is not `Name: value`.",
        "SOL004 4.1.2",
    ),
    (
        "csar-meta-key",
        "TOSCA.meta has a key nobody knows, or lacks one that must be there.",
        "SOL004 4.1.2.3",
    ),
    (
        "csar-manifest-key",
        "The manifest's metadata lack what SOL004 or SOL007 require.",
        "SOL004 4.3.2",
    ),
    (
        "csar-unlisted",
        "A file is not listed in the manifest, hence guarded by no hash.",
        "SOL004 4.3.2",
    ),
    ("csar-hash-weak", "MD5 guards against nothing.", "SOL004 4.3.2"),
    (
        "signature-unknown",
        "The signature holds, but no trust anchors are there to vouch for its signer.",
        "RFC 5280 6.1",
    ),
)
