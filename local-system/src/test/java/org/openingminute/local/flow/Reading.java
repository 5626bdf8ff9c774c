package org.openingminute.local.flow;

/** Requests that are far more frequent than changes. */
public enum Reading {
    PAGE("conference's page", 200),
    AVAILABILITY("availability", 200),
    /** A registration for a conference without seats. */
    SOLD_OUT("sold out", 409);

    private final String words;
    private final int status;

    Reading(String words, int status) {
        this.words = words;
        this.status = status;
    }

    public String words() {
        return words;
    }

    int status() {
        return status;
    }
}
