package org.openingminute.notification.announcement;

import org.openingminute.notification.composing.News;

/**
 * What one reader is told.
 *
 * @param recipient an address, as it was typed
 * @param conference its slug
 */
public record Letter(String recipient, String conference, News news, News.Reader reader) {}
