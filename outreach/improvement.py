"""The built-in process about this service itself: a city brings it in, agrees to its mandate and opens it like any other."""

from datetime import date, timedelta

SLUG = "ameliorer-ce-service"
ANSWER_WITHIN = timedelta(days=90)


def document(today: date) -> str:
    """The process as the YAML that a city imports; who validated its mandate is for the city to write."""
    promised = today + ANSWER_WITHIN
    return f"""\
slug: {SLUG}
title: {{fr: Améliorer ce service, en: Improve this service}}
sms_name: ce service
summary:
  fr: Écrire à la Ville par SMS ou Telegram, est-ce facile ? Dites ce qui vous a gêné et ce qui vous a aidé. Tout peut être dit simplement.
  en: Is it easy to write to the City by SMS or Telegram? Say what was in your way and what helped. Everything may be said simply.
mandate:
  version: 1
  diagnosis: Ce service est fait pour tout le monde, et personne ne sait mieux que vous où il ne l'est pas encore.
  can_change: [les messages, les affiches, les pages]
  cannot_change: [la loi, le budget]
  decided_by: la Ville, sur proposition de l'équipe du dialogue citoyen
  use: l'équipe lit tous les avis et corrige le service
  answer_promised_on: {promised}
questions:
  - id: facile
    text:
      fr: Dans ce service, qu'est-ce qui a été facile, ou difficile ?
      en: In this service, what was easy, or hard?
    sms_text:
      fr: qu'est-ce qui a été facile, ou difficile ?
      en: what was easy, or hard?
phases:
  - {{kind: collecte, title: On vous écoute, starts: {today}, ends: {promised - timedelta(days=30)}}}
  - {{kind: reponse, title: La Ville répond, starts: {promised - timedelta(days=29)}, ends: {promised}}}
entry_points:
  - {{id: partout, place: Partout, keyword: SERVICE, language: fr}}
  - {{id: everywhere, place: "Partout, en anglais", keyword: IMPROVE, language: en}}
optional_question: easy
"""
