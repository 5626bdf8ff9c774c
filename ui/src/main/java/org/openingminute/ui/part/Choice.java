package org.openingminute.ui.part;

/** An option of a form field: the code that is submitted and the label that is displayed. */
public record Choice(String code, String label) {}
