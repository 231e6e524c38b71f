"""Proofs through the public API: lineage, warning signs, evidence packs, consent."""

from bookbridge.bridge.evidence.api import lineage, packs, receipts, signs

urlpatterns = [*lineage.urlpatterns, *packs.urlpatterns, *signs.urlpatterns, *receipts.urlpatterns]
