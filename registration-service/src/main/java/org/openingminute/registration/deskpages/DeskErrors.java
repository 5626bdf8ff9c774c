package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.StaffPageErrors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.ModelAndView;

/** Shows staff why a page was refused, in its frame; a form that was sent after the session's end is kept on a page, to be sent again. */
@Configuration(proxyBeanMethods = false)
class DeskErrors {

    @Bean
    StaffPageErrors staffPageErrors(CallerResolver callers, DeskFrame frame) {
        return new StaffPageErrors(callers, new StaffPageErrors.Refusals() {
            @Override
            public ModelAndView of(
                    Problem why, Caller.Staff staff, HttpServletRequest request, HttpServletResponse response) {
                return frame.refusal(why, staff, request, response);
            }

            @Override
            public ModelAndView kept(HttpServletRequest request, HttpServletResponse response) {
                return frame.kept(request, response);
            }
        });
    }
}
