"""Every query that we ask of a Decidim, and the parts of its schema that they need (its develop branch of 2026)."""

from collections.abc import Iterator, Mapping
from typing import Any

SESSION = "{ session { user { id name nickname } } }"

PROCESSES = """
query($locale: String) {
  participatoryProcesses {
    id slug
    title { translation(locale: $locale) }
    shortDescription { translation(locale: $locale) }
    steps { id title { translation(locale: $locale) } startDate endDate position }
    components { id __typename }
  }
}
"""

MEETINGS = """
query($component: ID!, $after: String, $locale: String) {
  component(id: $component) {
    ... on Meetings {
      meetings(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id startTime endTime address isWithdrawn closed
          title { translation(locale: $locale) }
          location { translation(locale: $locale) }
          locationHints { translation(locale: $locale) }
        }
      }
    }
  }
}
"""

PROPOSALS = """
query($component: ID!, $after: String, $since: String, $locale: String) {
  component(id: $component) {
    ... on Proposals {
      proposals(first: 50, after: $after, filter: { publishedSince: $since }) {
        pageInfo { hasNextPage endCursor }
        nodes { id title { translation(locale: $locale) } body { translation(locale: $locale) } }
      }
    }
  }
}
"""

PROPOSAL = """
query($component: ID!, $id: ID!, $locale: String) {
  component(id: $component) {
    ... on Proposals { proposal(id: $id) { id body { translation(locale: $locale) } } }
  }
}
"""

CREATE = """
mutation($component: ID!, $input: CreateProposalInput!) {
  component(id: $component) {
    ... on ProposalsMutation { createProposal(input: $input) { id reference publishedAt } }
  }
}
"""

COMMENT = """
mutation($id: String!, $locale: String!, $body: String!) {
  commentable(id: $id, type: "Decidim::Proposals::Proposal", locale: $locale, toggleTranslations: false) {
    addComment(body: $body, alignment: 0) { id body }
  }
}
"""

SCHEMA = "{ __schema { types { name fields { name args { name } } inputFields { name } } } }"

ALL: Mapping[str, str] = {
    "SESSION": SESSION,
    "PROCESSES": PROCESSES,
    "MEETINGS": MEETINGS,
    "PROPOSALS": PROPOSALS,
    "PROPOSAL": PROPOSAL,
    "CREATE": CREATE,
    "COMMENT": COMMENT,
    "SCHEMA": SCHEMA,
}

_COMMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Query": {"session": ()},
    "Mutation": {"commentable": ("id", "type", "locale", "toggleTranslations")},
    "CommentableMutation": {"addComment": ("body", "alignment")},
}
_PROPOSALS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Query": {"session": (), "component": ("id",)},
    "Mutation": {"component": ("id",)},
    "Proposals": {"proposals": ("first", "after", "filter"), "proposal": ("id",)},
    "Proposal": {"id": (), "title": (), "body": ()},
    "ProposalsMutation": {"createProposal": ("input",)},
    "CreateProposalInput": {"attributes": (), "locale": (), "clientMutationId": ()},
}


def lacking(schema: Mapping[str, Any], *, comments: bool = False) -> Iterator[str]:
    """What a copy needs, as a proposal or a comment, and this installation's own description of itself does not have.

    Each as "ProposalsMutation.createProposal".
    """
    types = {one["name"]: one for one in schema.get("types", ())}
    for name, fields in (_COMMENTS if comments else _PROPOSALS).items():
        found = {one["name"]: one for one in (types.get(name, {}).get("fields") or types.get(name, {}).get("inputFields") or ())}
        for field, arguments in fields.items():
            if field not in found:
                yield f"{name}.{field}"
            else:
                given = {one["name"] for one in found[field].get("args") or ()}
                yield from (f"{name}.{field}({argument})" for argument in arguments if argument not in given)
