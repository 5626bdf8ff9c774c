package org.openingminute.payment.ledger;

import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/**
 * A page of a conference that a member of staff has opened.
 *
 * @param isPart whether its content is asked for alone
 */
record DeskPage(DeskView frame, DeskTexts texts, boolean rehearsal, boolean isPart) {

    private static final String CONTENT = " :: content";

    /**
     * The page or, for a request of a part, its content alone.
     *
     * @param template begins as {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    ModelAndView view(String template, String title) {
        return new ModelAndView(isPart ? template + CONTENT : template)
                .addObject("title", title)
                .addObject("rehearsal", rehearsal)
                .addObject("desk", frame)
                .addObject("isPart", isPart);
    }
}
