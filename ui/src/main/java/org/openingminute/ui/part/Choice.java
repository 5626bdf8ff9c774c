package org.openingminute.ui.part;

/** One of several, as a form sends and as a person reads it. */
public record Choice(String code, String label) {}
