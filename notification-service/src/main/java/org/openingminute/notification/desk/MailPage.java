package org.openingminute.notification.desk;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, newest first.
 *
 * @param next what {@code after} is for the next part; {@code null} at the end
 */
@Schema(name = "MailPage")
record MailPage(List<MailView> items, @Nullable String next) {}
