# SPDX-License-Identifier: Apache-2.0
# One image, many commands: `mano run ROLE`, `dataplane-agent run …`. See docs/distributed.md.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends ca-certificates python3-venv && python3 -m venv /opt/mano
WORKDIR /src
COPY . .
# Wheels found in build/wheels are used; a machine without PyPI sets PIP_NO_INDEX=1 as well.
ARG PIP_NO_INDEX=
ENV PIP_FIND_LINKS=/src/build/wheels PIP_CONSTRAINT=/src/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN pip=/opt/mano/bin/pip && $pip install -q hatchling editables \
    && $pip install -q --no-build-isolation "services/mano[amqp]" ./descriptors services/nfvo services/vnfm services/vim-baremetal \
       "./dataplane-agent[amqp]" \
    && $pip uninstall -q -y hatchling editables && $pip check

FROM ${BASE}
# What the agent and the sample VNFs call; the services need only Python.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends iproute2 nftables procps python3 \
    && rm -rf /var/lib/apt/lists/* && useradd --uid 10001 --no-log-init --home-dir /var/lib/mano --create-home mano
COPY --from=build /opt/mano /opt/mano
ENV PATH=/opt/mano/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin MANO_DATA=/var/lib/mano PYTHONUNBUFFERED=1
USER mano
CMD ["mano", "--help"]
