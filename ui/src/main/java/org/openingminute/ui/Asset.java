package org.openingminute.ui;

/**
 * A file that browsers load. Immutable; the bytes are not copied, and nobody changes them.
 *
 * @param type its media type
 * @param bytes the whole file, plain
 * @param version 12 hexadecimal digits of the SHA-256 of the bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record Asset(String type, byte[] bytes, String version) {}
