# SPDX-License-Identifier: Apache-2.0
"""The bare-metal VIM: which hosts there are, what is allocated on them, and the desired state of
each."""
