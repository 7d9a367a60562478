/**
 * Where anybody has an address: what such an address ends in says nothing about a company. The providers with most users in
 * the world and those of the countries our customers work in.
 */
const providers = new Set(
  `gmail.com googlemail.com outlook.com outlook.es outlook.lt hotmail.com hotmail.es hotmail.co.uk hotmail.fr hotmail.it
  hotmail.de live.com live.co.uk live.fr msn.com yahoo.com yahoo.es yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.co.in
  ymail.com rocketmail.com icloud.com me.com mac.com aol.com aim.com proton.me protonmail.com pm.me tuta.com tutanota.com
  tutanota.de mail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.es web.de t-online.de freenet.de zoho.com
  fastmail.com fastmail.fm hey.com hushmail.com yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru
  ukr.net i.ua seznam.cz email.cz centrum.cz wp.pl o2.pl onet.pl interia.pl op.pl gazeta.pl inbox.lt one.lt takas.lt
  zebra.lt delfi.lt mail.lt lrytas.lt inbox.lv delfi.lv apollo.lv mail.ee hot.ee online.ee telefonica.net movistar.es
  terra.es ono.com orange.es jazzfree.com wanadoo.es wanadoo.fr orange.fr free.fr laposte.net sfr.fr libero.it
  virgilio.it tiscali.it alice.it tin.it sapo.pt clix.pt btinternet.com sky.com talktalk.net virginmedia.com comcast.net
  verizon.net att.net bellsouth.net cox.net sbcglobal.net earthlink.net qq.com 163.com 126.com sina.com naver.com
  daum.net rediffmail.com bol.com.br uol.com.br terra.com.br ig.com.br`.split(/\s+/),
);

/** @param domain in small letters */
export function isFreeMail(domain: string): boolean {
  return providers.has(domain);
}
