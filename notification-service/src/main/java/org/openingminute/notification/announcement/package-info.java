/**
 * Announcements to subscribers and attendees, by organisers or by sale notices, and their fan-out to one mail for each reader.
 */
@NullMarked
package org.openingminute.notification.announcement;

import org.jspecify.annotations.NullMarked;
