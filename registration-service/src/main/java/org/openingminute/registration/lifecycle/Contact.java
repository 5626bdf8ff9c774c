package org.openingminute.registration.lifecycle;

/**
 * Who a registration belongs to.
 *
 * @param locale the language of pages and mails: {@code en} or {@code de}
 */
public record Contact(String name, String email, String locale) {}
