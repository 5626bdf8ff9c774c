package org.openingminute.payment.ledger;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.ui.BusinessTime;
import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/**
 * A conference's page that a member of staff has opened.
 *
 * @param now the time of the rehearsal; {@code null} if it is not known
 * @param isPart whether the request asks for the page's content alone
 */
record DeskPage(
        DeskView frame,
        DeskTexts texts,
        boolean rehearsal,
        @Nullable Instant now,
        boolean isPart) {

    private static final String CONTENT = " :: content";

    /**
     * Renders the page, or its content alone if the request asks for a part.
     *
     * @param template begins with {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    ModelAndView view(String template, String title) {
        return new ModelAndView(isPart ? template + CONTENT : template)
                .addObject("title", title)
                .addObject("rehearsal", rehearsal)
                .addObject("businessTime", businessTime())
                .addObject("desk", frame)
                .addObject("isPart", isPart);
    }

    /** Returns the time for the banner in the conference's zone, to the minute, so that an unchanged page stays identical. */
    private @Nullable BusinessTime businessTime() {
        return now == null
                ? null
                : BusinessTime.at(now.truncatedTo(ChronoUnit.MINUTES), texts.zone(), texts.language());
    }
}
