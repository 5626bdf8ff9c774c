package org.openingminute.registration.decision;

/**
 * An {@code Idempotency-Key} together with the call and what it acts on: {@code register:mlsys-2026},
 * {@code cancel:<registration>}.
 */
public record ScopedKey(String scope, String key) {}
